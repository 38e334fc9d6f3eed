import * as z from "zod";
import { schedules } from "#db/schema/index.ts";
import { locales, type Text } from "#db/words/locales.ts";
import type { Job } from "#server/catalog/job.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** One field of a job's settings, as a form draws it. */
export interface SettingField {
  /** Where it stands in the settings, steps with dots between them: `quiet.from`. */
  name: string;
  /** `choice`: one of `choices`. `list`: texts, or numbers where `ofNumbers`. `group`: its own `fields`. */
  type: "integer" | "number" | "boolean" | "text" | "choice" | "list" | "group";
  label: Text;
  hint: Text | null;
  minimum: number | null;
  maximum: number | null;
  choices: { value: string; label: Text }[];
  ofNumbers: boolean;
  fields: SettingField[];
  /** What it is now: the client's own, or what the job begins with. A group has none. */
  value: string | number | boolean | string[] | null;
}

export interface JobSettings {
  job: string;
  title: Text;
  fields: SettingField[];
}

/** Those of these jobs that have settings, each with its fields and what they are for this tenant; drawn from the jobs' own schemas. */
export async function listJobSettings(ctx: TenantCtx, jobs: readonly Job[] = sensors): Promise<JobSettings[]> {
  const rows = await ctx.db.select({ job: schedules.job, config: schedules.config }).from(schedules).where(inTenant(ctx, schedules));
  return jobs.flatMap((job) => {
    const stored = rows.find((row) => row.job === job.id)?.config ?? {};
    const fields = fieldsOf(job, stored);
    return fields.length > 0 ? [{ job: job.id, title: job.title, fields }] : [];
  });
}

/** The fields of a job's settings. Throws for a schema that no form can draw. */
export function fieldsOf({ config }: Pick<Job, "config">, stored: Record<string, unknown>): SettingField[] {
  // What no longer fits falls back to what the job begins with, as it does in a run.
  const parsed = config.safeParse(stored);
  return propertiesOf(config).map(([name, property]) =>
    fieldOf(name, property, readOf(parsed.success ? parsed.data : config.parse({}), name)),
  );
}

const Words = z.record(z.enum(locales), z.string());
const Scalar = z.object({ type: z.enum(["integer", "number", "boolean", "string"]) });

/** What a schema says of one property; `label`, `hint` and `choices` are ours, see `.meta()` in the jobs. */
const Property = z.object({
  type: z.enum(["integer", "number", "boolean", "string", "array", "object"]),
  label: Words,
  hint: Words.optional(),
  /** The words of an enum's values. */
  choices: z.record(z.string(), Words).optional(),
  enum: z.array(z.string()).optional(),
  items: Scalar.optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
type Property = z.infer<typeof Property>;

/** The properties that a job's schema has, by name. */
export const propertiesOf = (config: z.ZodType): [string, Property][] => readAll(z.toJSONSchema(config, { io: "input" }).properties);

const readAll = (properties: Readonly<Record<string, unknown>> = {}): [string, Property][] =>
  Object.entries(properties).map(([name, schema]) => [name, Property.parse(schema)]);

function fieldOf(name: string, property: Property, value: unknown): SettingField {
  const { type, label, hint, minimum, maximum, choices = {} } = property;
  return {
    name,
    type: typeOf(property),
    label,
    hint: hint ?? null,
    minimum: minimum ?? null,
    maximum: maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : null,
    choices: (property.enum ?? []).map((each) => ({ value: each, label: choices[each] ?? { en: each, fr: each, he: each } })),
    ofNumbers: property.items !== undefined && property.items.type !== "string",
    fields: type === "object" ? readAll(property.properties).map(([own, each]) => fieldOf(`${name}.${own}`, each, readOf(value, own))) : [],
    value: asValue(value),
  };
}

function typeOf({ type, enum: values }: Property): SettingField["type"] {
  switch (type) {
    case "string":
      return values ? "choice" : "text";
    case "array":
      return "list";
    case "object":
      return "group";
    default:
      return type;
  }
}

const readOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function asValue(value: unknown): SettingField["value"] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
