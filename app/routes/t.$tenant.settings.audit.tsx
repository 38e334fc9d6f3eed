import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ScrollText, SearchX } from "lucide-react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { AuditTable } from "#app/components/audit/audit-table.tsx";
import { ChainCheck, VerifyButton } from "#app/components/audit/chain-check.tsx";
import { useActionWords } from "#app/components/audit/use-action-words.ts";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("audit", "settings");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const filters = filtersOf(args.request, ["action", "cursor"]);
  const page = await api.audit.list({ tenant: tenant.id, ...filters });
  return { title: titleOf(wordsIn(locale)("settings:settings.audit"), tenant.name), filters, page };
}

/** Follows the log from its first line to its last. */
export async function action(args: ActionFunctionArgs) {
  const form = await args.request.formData();
  if (form.get("intent") !== "verify") return redirect(new URL(args.request.url).pathname);
  return { check: await args.context.api.audit.verify({ tenant: String(args.params.tenant) }) };
}

export default function Audit() {
  const t = useWords();
  const { filters, page } = useLoaderData<typeof loader>();
  const done = useActionData<typeof action>();
  const { jobTitle } = useTenant();
  const filtered = Boolean(filters.action);
  return (
    <Section title={t("settings:settings.audit")} description={t("audit.description")} actions={<VerifyButton label={t("audit.verify")} />}>
      <ChainCheck check={done?.check} />
      <p className="mb-4 text-[0.8125rem] text-ink-faint">{t("audit.verifyHint")}</p>
      <ActionFilter value={filters.action} />
      <Card padding="none">
        <AuditTable
          caption={t("settings:settings.audit")}
          page={page}
          titleOfJob={jobTitle}
          empty={<EmptyState icon={filtered ? SearchX : ScrollText} title={t(filtered ? "audit.noneFound" : "audit.emptyTitle")} />}
        />
        <CursorPages next={page.next} summary={t("audit.shown", { count: page.items.length })} />
      </Card>
    </Section>
  );
}

function ActionFilter({ value }: { value: string | undefined }) {
  const t = useWords();
  const nameOf = useActionWords();
  const options = ACTIONS.map((action) => ({ value: action, label: nameOf(action) ?? action }));
  return (
    <FilterForm active={Boolean(value)}>
      <Field label={t("audit.action")} className="col-span-2 sm:w-72!">
        <Select
          name="action"
          required={false}
          defaultValue={value ?? ""}
          options={[{ value: "", label: t("audit.anyAction") }, ...options.sort((a, b) => a.label.localeCompare(b.label))]}
        />
      </Field>
    </FilterForm>
  );
}

/** What a client's log is asked for. */
const ACTIONS = [
  "client.updated",
  "connection.connected",
  "connection.reconnected",
  "connection.reconnect_needed",
  "connection.disconnected",
  "connection.chosen",
  "deletion.requested",
  "deletion.cancelled",
  "export.requested",
  "export.downloaded",
  "invitation.sent",
  "invitation.accepted",
  "member.removed",
  "member.role_changed",
  "reveal.requested",
  "reveal.approved",
  "reveal.denied",
  "reveal.shown",
  "run.started",
] as const;
