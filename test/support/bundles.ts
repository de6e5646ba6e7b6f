/** Before a whole run of the tests: what commands, plugins and local clouds start from is made from the sources as they are. */
export async function setup(): Promise<void> {
  const { compileSdks } = await import(new URL("../../scripts/compile-sdks.mjs", import.meta.url).href);
  await compileSdks();
  const { bundlePlugins, stalePlugins } = await import(new URL("../../scripts/bundle.mjs", import.meta.url).href);
  await bundlePlugins(stalePlugins());
}
