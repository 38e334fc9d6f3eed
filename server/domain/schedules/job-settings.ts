import { z } from "zod";
import { schedules } from "#db/schema/index.ts";
import type { Text } from "#db/words/locales.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** One field of a job's settings, as a form draws it. */
export interface SettingField {
  name: string;
  type: "integer" | "number" | "boolean" | "text";
  label: Text;
  hint: Text | null;
  minimum: number | null;
  maximum: number | null;
  /** What it is now: the client's own, or what the job begins with. */
  value: string | number | boolean | null;
}

export interface JobSettings {
  job: string;
  title: Text;
  fields: SettingField[];
}

/** What a schema says of one property; `label` and `hint` are ours, see `.meta()` in the jobs. */
const Property = z.object({
  type: z.enum(["integer", "number", "boolean", "string"]),
  label: z.record(z.enum(["en", "fr", "he"]), z.string()),
  hint: z.record(z.enum(["en", "fr", "he"]), z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

/** The jobs that have settings, each with its fields and what they are for this tenant; drawn from the sensors' own schemas. */
export async function listJobSettings(ctx: TenantCtx): Promise<JobSettings[]> {
  const rows = await ctx.db.select({ job: schedules.job, config: schedules.config }).from(schedules).where(inTenant(ctx, schedules));
  return allJobs.flatMap((sensor) => {
    const stored = rows.find(({ job }) => job === sensor.id)?.config ?? {};
    const fields = fieldsOf(sensor, stored);
    return fields.length > 0 ? [{ job: sensor.id, title: sensor.title, fields }] : [];
  });
}

function fieldsOf({ config }: Job, stored: Record<string, unknown>): SettingField[] {
  const { properties = {} } = z.toJSONSchema(config, { io: "input" });
  // What no longer fits falls back to what the job begins with, as it does in a run.
  const parsed = config.safeParse(stored);
  const values = (parsed.success ? parsed.data : config.safeParse({}).data) as Record<string, unknown> | undefined;
  return Object.entries(properties).map(([name, schema]) => {
    const { type, label, hint, minimum, maximum } = Property.parse(schema);
    const value = values?.[name];
    return {
      name,
      type: type === "string" ? "text" : type,
      label,
      hint: hint ?? null,
      minimum: minimum ?? null,
      maximum: maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : null,
      value: typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null,
    };
  });
}
