import { type Properties, UNKNOWN } from "../../host/kind.ts";
import type { sections } from "./sections.ts";
import type { Values } from "./values.ts";

export type SectionName = keyof typeof sections;
export type BySection = Partial<Record<SectionName, Values>>;

/** How the inputs of a resource hold the settings of one section or several. */
export interface Form {
  /** Sections that the resource can hold. */
  sections: readonly SectionName[];
  /** The settings that are set, by section and API name. What is not known yet is left out. */
  toValues(properties: Properties): BySection;
  /** The properties that hold these settings. */
  toProperties(values: BySection): Properties;
  /** What a write says besides settings, such as that a restart is welcome. */
  alongside?(properties: Properties): Values;
  /** The property that holds a setting. */
  propertyOf(section: SectionName, name: string): string;
}

/** One section whose settings are properties: `maxRows` is `max_rows`; `further` holds others by their API names. */
export function typedForm(options: {
  section: SectionName;
  /** Names of the properties. */
  properties: readonly string[];
  /** The API name of a property. Default: in snake case. */
  apiName?: (property: string) => string;
  further?: boolean;
  alongside?: Form["alongside"];
}): Form {
  const { section, properties, apiName = snakeCase, further = false, alongside } = options;
  const byApiName = new Map(properties.map((property) => [apiName(property), property]));
  return {
    sections: [section],
    ...(alongside ? { alongside } : {}),
    toValues(given) {
      const own = [...byApiName].map(([name, property]): [string, unknown] => [name, given[property]]);
      const others = further && isValues(given.further) ? Object.entries(given.further) : [];
      return { [section]: Object.fromEntries([...own, ...others].filter(([, value]) => isSet(value))) };
    },
    toProperties(values) {
      const entries = Object.entries(values[section] ?? {});
      const own = entries.flatMap(([name, value]) => {
        const property = byApiName.get(name);
        return property === undefined ? [] : [[property, value]];
      });
      const others = entries.filter(([name]) => !byApiName.has(name));
      const rest = further && others.length > 0 ? { further: Object.fromEntries(others) } : {};
      return { ...Object.fromEntries(own), ...rest };
    },
    propertyOf: (_, name) => byApiName.get(name) ?? `further.${name}`,
  };
}

function snakeCase(property: string): string {
  return property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== UNKNOWN;
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null;
}
