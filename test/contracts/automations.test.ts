import { describe, expect, test } from "vitest";
import * as z from "zod";
import { locales } from "#db/words/locales.ts";
import { occurrenceKinds } from "#db/words/occurrences.ts";
import { looksPersonal } from "#server/catalog/actions/payload.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import type { Automation } from "#server/catalog/automation.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import type { Job } from "#server/catalog/job.ts";
import { findAutomation, findJob } from "#server/catalog/jobs.ts";
import { fieldsOf } from "#server/domain/schedules/job-settings.ts";
import { isOn, plans } from "#server/domain/tenancy/plans.ts";
import { type Case, cases } from "#test/catalog/automations/cases.ts";
import { type Setting, stage } from "#test/catalog/automations/stage.ts";
import { makeTenant } from "#test/harness.ts";
import { voiceIn } from "#workers/voice.ts";

/** Every automation meets these; a new one is tested by its line in the registry and its case in test/catalog/automations/cases.ts. */
const all = automations.map((automation) => ({ id: automation.id, automation }));
const caseOf = ({ id }: Automation): Case => cases[id] ?? expect.unreachable(`test/catalog/automations/cases.ts has no case of ${id}`);

/** A client in whose shop the case has happened: the next run proposes. */
async function ready(automation: Automation, setting: Setting = {}) {
  const { shop, happens, besides, config = {}, prepare } = caseOf(automation);
  const now = Date.now();
  const others = (await caseOf(automation).others?.()) ?? {};
  const staged = await stage(automation, shop(now), { config, others, ...setting });
  await staged.read();
  await prepare?.(staged);
  // What hears is told of what happens from its first run on.
  if (happens || besides) {
    await staged.run();
    if (happens) await staged.change(happens(now));
    await besides?.(staged.ctx);
    await staged.read();
  }
  return staged;
}
const keys = (rows: { dedupe: string; hash: string }[]) => rows.map(({ dedupe, hash }) => [dedupe, hash]);

/** Every text that a person may be shown of the settings. */
function textsOf(schema: unknown): unknown[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name === "label" || name === "hint") return [value];
    return name === "choices" ? Object.values(value as object) : textsOf(value);
  });
}
const isText = (text: unknown) => locales.every((locale) => /\S/.test((text as Record<string, string>)[locale] ?? ""));

test("ids are unique, and an automation is found as one and as a job", () => {
  const ids = automations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toBe(true);
  for (const { id } of automations) expect([findAutomation(id), findJob(id)]).toEqual([findAutomation(id), findAutomation(id)]);
  expect(Object.keys(cases).sort()).toEqual([...ids].sort());
});

describe.each(all)("$id", ({ automation }) => {
  test("says what it does, why, and what it never does, in three languages that differ", () => {
    const { title, description, acts } = automation;
    const texts = [title, description, acts.never, ...Object.values(acts.reasons)];
    for (const text of texts) {
      expect(isText(text)).toBe(true);
      expect(new Set(locales.map((locale) => text[locale])).size).toBe(locales.length);
      for (const locale of locales) expect([text[locale], looksPersonal(text[locale])]).toEqual([text[locale], false]);
    }
    for (const text of Object.values(acts.reasons)) {
      const named = locales.map((locale) => [...new Set(text[locale].match(/\{\{\w+\}\}/g))].sort());
      for (const each of named) expect(each).toEqual(named[0]);
    }
  });

  test("has settings that nobody must fill in, each with a label in three languages", () => {
    expect(() => automation.config.parse({})).not.toThrow();
    const schema = z.toJSONSchema(automation.config, { io: "input" });
    for (const field of Object.values(schema.properties ?? {})) expect(isText((field as { label?: unknown }).label)).toBe(true);
    for (const text of textsOf(schema)) expect([text, isText(text)]).toEqual([text, true]);
    // A form can draw it.
    expect(fieldsOf(automation, {})).not.toEqual([]);
  });

  test("names kinds that are on the shelf, jobs that store what it reads, and occurrences that there are", () => {
    for (const kind of automation.kinds) expect(kindOf(kind)?.id).toBe(kind);
    for (const job of automation.acts.feeds) expect(findJob(job).acts).toBeUndefined();
    for (const kind of automation.hears ?? []) expect(occurrenceKinds).toContain(kind);
    // What its kinds are done with is asked of the client before anything is proposed.
    for (const id of automation.kinds) {
      const need = kindOf(id)?.need;
      const own = automation.needs.find(({ provider }) => provider === need?.provider);
      expect(own?.scopes).toEqual(expect.arrayContaining([...(need?.scopes ?? [])]));
    }
  });

  test("what makes it stricter are numbers of its own settings, each with room at first, and what people edit of it feeds a setting", () => {
    const { acts, config, kinds } = automation;
    const begins = config.parse({}) as Record<string, unknown>;
    for (const { setting, by } of acts.stricter ?? []) {
      expect(by).toBeGreaterThan(0);
      const next = config.safeParse({ ...begins, [setting]: Number(begins[setting]) + by });
      expect(next.success && (next.data as Record<string, unknown>)[setting], setting).toBe(Number(begins[setting]) + by);
    }
    for (const [what, setting] of Object.entries(acts.edited ?? {})) {
      const [kind = "", field] = what.split(":");
      expect(kinds).toContain(kind);
      expect(kindOf(kind)?.edits?.map(({ path }) => path)).toContain(field);
      expect(Object.keys(begins)).toContain(setting);
    }
  });

  test("proposes what its kinds take, with its reasons in words, and nobody's address or number", async () => {
    const staged = await ready(automation);
    await staged.run();
    const found = await staged.proposed();
    expect(found).toHaveLength(caseOf(automation).proposals);
    for (const { evidence, steps, subject, customerId, expiresAt, automation: own, status } of found) {
      expect([own, status]).toEqual([automation.id, "shadowed"]);
      expect(subject).toMatch(/^((customer|customers|order|product|products|codes):\d+|(action|metric|incident):[\w.-]+)$/);
      // What is about many at once is about nobody whom it could leave alone, and names them where whoever is to be forgotten is found.
      if (subject.startsWith("customers:"))
        expect([customerId, steps.some(({ kind }) => kindOf(kind)?.batch !== undefined)]).toEqual([null, true]);
      // What is about us and not about the shop touches nobody there.
      else if (/^(action|metric|incident):/.test(subject))
        expect([customerId, steps.every(({ kind }) => kindOf(kind)?.touches === "internal")]).toEqual([null, true]);
      else if (/^(products|codes):/.test(subject))
        expect([customerId, /customerId/.test(JSON.stringify(steps.map(({ payload }) => payload)))]).toEqual([null, false]);
      else {
        expect(customerId).toMatch(/^\d+$/);
        // What is about customers is compared with those who are left alone, but where it was promised to all of them.
        const days = caseOf(automation).owed ? 1 : automation.acts.outcomeDays;
        expect(days, "acts.outcomeDays").toBeGreaterThan(0);
        expect(days).toBeLessThanOrEqual(365);
      }
      expect(expiresAt).toBeGreaterThan(Date.now());
      const reason = automation.acts.reasons[evidence.line];
      for (const locale of locales) {
        const named = [...(reason?.[locale] ?? "{{missing}}").matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? "");
        expect(Object.keys(evidence.params)).toEqual(expect.arrayContaining(named));
        const said = voiceIn(locale).text({ code: `${automation.id}.${evidence.line}`, params: evidence.params });
        expect(said[locale]).not.toMatch(/\{\{|undefined|NaN|\[object/);
      }
      expect(steps.length).toBeGreaterThan(0);
      for (const { kind, payload } of steps) {
        expect(automation.kinds).toContain(kind);
        expect(kindOf(kind)?.payload.safeParse(payload)).toMatchObject({ success: true });
      }
      const resting = JSON.stringify([evidence, steps.map(({ payload }) => payload)]);
      expect([resting, /@|\+\d{6}/.test(resting)]).toEqual([resting, false]);
      for (const text of resting.match(/"[^"]*"/g) ?? []) expect([text, looksPersonal(text)]).toEqual([text, false]);
    }
    expect((await staged.logs()).filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
  });

  test("calls nobody whom it does not say that it needs", async () => {
    const staged = await ready(automation);
    await staged.run();
    const providers = automation.needs.map(({ provider }) => provider);
    expect(staged.opened.filter((provider) => !providers.includes(provider))).toEqual([]);
  });

  test("proposes nothing twice: in a second run, after a further reading, or when it begins anew", async () => {
    const staged = await ready(automation);
    await staged.run();
    const before = keys(await staged.proposed());
    expect(before.length).toBeGreaterThan(0);
    await staged.run();
    await staged.read();
    await staged.run();
    // A repeated event: it is told of all of it once more.
    await staged.setCursor(automation.hears ? { seq: 0 } : null);
    await staged.run();
    expect(keys(await staged.proposed())).toEqual(before);
  });

  test("that fails half-way proposes nothing, keeps its place, and proposes all of it when it goes on", async () => {
    let broken = true;
    const job = {
      ...automation,
      async step(reading: Parameters<Job["step"]>[0]) {
        const step = await automation.step(reading);
        if (broken && (step.proposals ?? []).length > 0) throw new Error("the test breaks it here");
        return step;
      },
    } as Job;
    const staged = await ready(automation, { job });
    const place = (await staged.schedule())?.cursor;
    await staged.run();
    expect(await staged.proposed()).toEqual([]);
    if (!caseOf(automation).passes) expect((await staged.schedule())?.cursor).toEqual(place);
    broken = false;
    await staged.goOn();
    expect(await staged.proposed()).toHaveLength(caseOf(automation).proposals);
  });

  test("proposes nothing without a policy, or under one that is off", async () => {
    for (const mode of [null, "off"] as const) {
      const staged = await ready(automation, { mode });
      await staged.run();
      expect(await staged.proposed()).toEqual([]);
    }
  });

  test("is on by its policy alone: no switch of a feature and no plan turns it on", async () => {
    const tenant = await makeTenant({ features: { [automation.id]: true } });
    for (const plan of Object.keys(plans) as (keyof typeof plans)[]) expect(isOn({ ...tenant, plan }, automation)).toBe(false);
    expect(isOn({ ...tenant, automations: [automation.id] }, automation)).toBe(true);
    const staged = await ready(automation, { tenant: { automations: [], features: { [automation.id]: true } } });
    await staged.run();
    expect((await staged.schedule())?.enabled).toBe(false);
    expect(await staged.proposed()).toEqual([]);
  });
});
