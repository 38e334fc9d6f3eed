import type { Change as StoredChange } from "#db/words/learning.ts";
import type { Text } from "#db/words/locales.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import type { Automation } from "#server/catalog/automation.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import type { Tenant } from "#server/ctx.ts";
import { propertiesOf } from "#server/domain/schedules/job-settings.ts";
import { wilson } from "#server/models/wilson.ts";
import type { FindingRow } from "./rows.ts";
import type { Change, Finding } from "./schemas.ts";

/** A finding as it goes out, with what its client and what it is about are called. */
export function describeFinding(row: FindingRow, tenant: Pick<Tenant, "id" | "name" | "currency"> | undefined): Finding {
  const automation = automations.find(({ id }) => id === row.automation);
  const { id, tenantId, kind, what, status, hits, of, foundAt, measuredAt, until } = row;
  return {
    ...{ id, tenantId, automation: row.automation, kind, what, status, hits, of, foundAt, measuredAt, until },
    tenantName: tenant?.name ?? tenantId,
    currency: tenant?.currency ?? "",
    title: automation?.title ?? null,
    label: kind === "edits" ? editedLabel(what) : null,
    share: wilson(hits, of),
    proposal: row.proposal && describeChange(automation, row.proposal),
  };
}

export function describeChange(automation: Automation | undefined, change: StoredChange): Change {
  const setting = automation && propertiesOf(automation.config).find(([name]) => name === change.field);
  return { ...change, label: change.does === "rule" ? null : ((setting?.[1].label as Text | undefined) ?? null) };
}

/** What `kind:field` is called; of a record each value has its own name behind the record's. */
function editedLabel(what: string): Text | null {
  const [kind = "", field = ""] = [what.slice(0, what.indexOf(":")), what.slice(what.indexOf(":") + 1)];
  const edits = kindOf(kind)?.edits ?? [];
  const own = edits.find(({ path }) => path === field);
  if (own) return own.label;
  const record = edits.find(({ path, each }) => each && field.startsWith(`${path}.`));
  if (!record) return null;
  const name = field.slice(record.path.length + 1);
  const { en, fr, he } = record.label;
  return { en: `${en}: ${name}`, fr: `${fr} : ${name}`, he: `${he}: ${name}` };
}
