import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Config, secret } from "@pulumi/pulumi/index.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Marker, TrialProject } from "../test/support/trial-project.ts";
import { declaredConfiguration, deployedConfiguration } from "./configuration.ts";
import { EngineError, RefusedError, UnexpectedChangesError } from "./error.ts";

let project: TrialProject;
const settings =
  "encryptionsalt: v1:other-backend\nconfig:\n  trial:greeting: hello\n  trial:theirs: {secure: v1:abc}\n";

beforeEach(async () => {
  project = await TrialProject.create({ "Pulumi.prod.yaml": settings });
});
afterEach(() => project.remove());

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("a local stack", () => {
  test("is created once, and a second up has nothing to do", async () => {
    const program = async () => {
      new Marker("one");
      return { greeting: new Config().require("greeting"), size: new Config().requireNumber("size") };
    };
    const stack = await project.open(program, { config: { size: 3 } });
    expect(await stack.up()).toMatchObject({ operation: "up", changed: true, changes: { create: 2 } });
    const again = await project.open(program, { config: { size: 3 } });
    expect(await again.up({ expectNoChanges: true })).toMatchObject({ changed: false, changes: { same: 2 } });
    expect(await again.preview({ refresh: true, expectNoChanges: true })).toMatchObject({ changed: false });
    expect(await again.refresh({ previewOnly: true, expectNoChanges: true })).toMatchObject({ changed: false });
    expect(await again.outputs()).toEqual({
      greeting: { value: "hello", secret: false },
      size: { value: 3, secret: false },
    });
    expect(project.lines).toContain("Left out of local stack prod, encrypted for another backend: trial:theirs");
  });

  test("leaves git status clean and keeps its files to their owner", async () => {
    const stack = await project.open(async () => ({ out: secret("hush-output") }), {
      secretConfig: { password: "hush-config" },
      env: { SUPABASE_ACCESS_TOKEN: "hush-token" },
    });
    await stack.up();
    expect(project.git("status", "--porcelain", "--untracked-files=all").replaceAll(/^A .*\n/gm, "")).toBe("");
    const passphrase = join(project.dataDir, "pulumi", "passphrase.prod");
    expect(statSync(passphrase).mode & 0o777).toBe(0o600);
    expect(statSync(join(project.dataDir, "pulumi")).mode & 0o777).toBe(0o700);
    const other = await project.open(async () => ({}), { stack: "preview" });
    expect(readFileSync(join(other.workDir, "passphrase.preview"), "utf8")).not.toBe(readFileSync(passphrase, "utf8"));
    const leaks = everyFile(project.root).filter((path) => /hush-/.test(readFileSync(path, "utf8")));
    expect(leaks).toEqual([]);
  });

  test("masks secret outputs unless asked, and encrypts settings that changed", async () => {
    const program = async () => ({ password: new Config().requireSecret("password"), open: "yes" });
    const stack = await project.open(program, { secretConfig: { password: "first" } });
    await stack.up();
    expect(await stack.outputs()).toEqual({
      open: { value: "yes", secret: false },
      password: { value: "[secret]", secret: true },
    });
    const settingsFile = join(stack.workDir, "Pulumi.prod.yaml");
    const encrypted = () => /secure: .*/.exec(readFileSync(settingsFile, "utf8"))?.[0];
    const before = encrypted();
    await project.open(program, { secretConfig: { password: "first" } });
    expect(encrypted()).toBe(before);
    const changed = await project.open(program, { secretConfig: { password: "second" } });
    expect(encrypted()).not.toBe(before);
    await changed.up();
    expect(await changed.outputs({ showSecrets: true })).toMatchObject({ password: { value: "second", secret: true } });
  });

  test("does not open without its passphrase", async () => {
    const stack = await project.open(async () => ({}));
    await stack.up();
    rmSync(join(stack.workDir, "passphrase.prod"));
    await expect(project.open(async () => ({}))).rejects.toThrow(/passphrase file .*passphrase\.prod does not/);
  });

  test("opens again when its settings file is lost", async () => {
    const program = async () => ({ out: secret("kept") });
    const stack = await project.open(program);
    await stack.up();
    rmSync(join(stack.workDir, "Pulumi.prod.yaml"));
    const again = await project.open(program);
    expect(await again.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  });
});

describe("what a local stack refuses or ignores", () => {
  const names = ["SUPABASE_ACCESS_TOKEN", "SUPABASE_API_ENDPOINT", "PULUMI_BACKEND_URL", "DATABASE_URL"];
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test("variables of the caller that point elsewhere reach neither program nor engine", async () => {
    for (const name of names) process.env[name] = "https://elsewhere.example.com/hush-value";
    const seen: Record<string, string | undefined> = {};
    const program = async () => {
      for (const name of names) seen[name] = process.env[name];
    };
    const stack = await project.open(program, { env: { SUPABASE_API_ENDPOINT: "http://127.0.0.1:1" } });
    await stack.up();
    expect(seen).toEqual({ SUPABASE_API_ENDPOINT: "http://127.0.0.1:1" });
    expect(process.env.DATABASE_URL).toBe("https://elsewhere.example.com/hush-value");
    expect(project.lines).toContain(`Ignored, because stack prod is local: ${names.join(", ")}`);
    expect(everyFile(project.dataDir).some((path) => path.endsWith("stacks/trial/prod.json"))).toBe(true);
    expect(project.lines.join("\n")).not.toContain("hush-value");
  });

  test.each([
    [{ env: { SUPABASE_API_ENDPOINT: "https://api.example.com" } }],
    [{ config: { endpoint: "https://api.example.com" } }],
  ])("an endpoint off this machine is refused before anything is written: %j", async (options) => {
    await expect(project.open(async () => ({}), options)).rejects.toThrow(RefusedError);
    expect(readdirSync(project.root)).not.toContain(".data");
  });

  test("a stack name that is a path", async () => {
    await expect(project.open(async () => ({}), { stack: "../prod" })).rejects.toThrow(RefusedError);
  });
});

describe("a hosted stack", () => {
  const names = ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_HOME", "SUPABASE_ACCESS_TOKEN"] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test("lives in the caller's backend, with the caller's settings and variables", async () => {
    const theirs = join(project.root, "..", "theirs");
    mkdirSync(theirs);
    Object.assign(process.env, {
      PULUMI_BACKEND_URL: `file://${theirs}`,
      PULUMI_CONFIG_PASSPHRASE: "their passphrase",
      PULUMI_HOME: join(theirs, "home"),
      SUPABASE_ACCESS_TOKEN: "their token",
    });
    const program = async () => ({ token: process.env.SUPABASE_ACCESS_TOKEN });
    const stack = await project.open(program, { cloud: "hosted", stack: "preview" });
    await stack.up();
    expect(await stack.outputs()).toEqual({ token: { value: "their token", secret: false } });
    expect(everyFile(theirs).some((path) => path.endsWith("stacks/trial/preview.json"))).toBe(true);
    expect(readdirSync(project.root)).not.toContain(".data");
    const loud = stack.up({ verbosity: 3 });
    await expect(loud).rejects.toThrow(RefusedError);
  });

  test("opened with settings of its own, knows what it was deployed with by another command", async () => {
    const theirs = join(project.root, "..", "theirs");
    mkdirSync(theirs);
    Object.assign(process.env, {
      PULUMI_BACKEND_URL: `file://${theirs}`,
      PULUMI_CONFIG_PASSPHRASE: "their passphrase",
      PULUMI_HOME: join(theirs, "home"),
    });
    const program = async () => ({});
    const open = (folder: string) =>
      project.open(program, {
        cloud: "hosted",
        stack: "preview",
        settingsDir: join(theirs, folder),
        config: { size: 3 },
        secretConfig: { key: "hush-key" },
      });
    await (await open("runner-of-up")).up();
    const later = await open("runner-of-drift");
    const deployed = await deployedConfiguration(later);
    expect(deployed).toEqual(await declaredConfiguration(later));
    expect(deployed).toMatchObject({ "trial:key": { value: "hush-key", secret: true } });
  });

  test("takes no configuration from here: it keeps its own", async () => {
    const opening = project.open(async () => ({}), { cloud: "hosted", config: { size: 3 } });
    await expect(opening).rejects.toThrow(/pulumi config set/);
  });
});

describe("changes and failures", () => {
  test("changes that were not expected end in an error that carries them", async () => {
    const stack = await project.open(async () => void new Marker("one"));
    const failure = await stack.preview({ expectNoChanges: true }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnexpectedChangesError);
    expect(failure).toMatchObject({ result: { changed: true, changes: { create: 2 } } });
  });

  test("an error of the program is told once, without its trace and without a secret", async () => {
    const program = async () => {
      throw new Error(`cannot log in with ${process.env.SUPABASE_ACCESS_TOKEN}`);
    };
    const stack = await project.open(program, { env: { SUPABASE_ACCESS_TOKEN: "hush-token" } });
    const failure = await stack.up().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    const message = String(failure);
    expect(message.match(/cannot log in with/g)).toHaveLength(1);
    expect(message).toContain("up of stack prod failed: cannot log in with [secret]");
    expect(message).not.toContain("    at ");
  });

  test("a protected stack is destroyed only unprotected, and leaves nothing behind", async () => {
    const stack = await project.open(async () => void new Marker("precious", { protect: true }));
    await stack.up();
    await expect(stack.destroy()).rejects.toThrow(/protected: Marker precious[\s\S]*--unprotect prod/);
    expect(await stack.resources()).toHaveLength(2);
    expect(await stack.destroy({ unprotect: true })).toMatchObject({ changes: { delete: 2 } });
    await stack.remove();
    const left = everyFile(stack.workDir).filter((path) => /\.prod\b|\/prod\.json$/.test(path));
    expect(left).toEqual([]);
  });
});
