/** How the SDK's protocol is answered. */
export type Answer<Response> = (error: Error | null, response?: Response) => void;

/** What a program sends of a resource. Not declared in the SDK's types. */
export interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  getRemote(): boolean;
  getImportid(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getReplaceonchangesList(): string[];
  getReplaceWithList(): string[];
  getReplacementTrigger?(): unknown;
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
}
