import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ScrollText, SearchX } from "lucide-react";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { ClientLink, ClientName } from "#app/components/admin/client-link.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { AuditTable } from "#app/components/audit/audit-table.tsx";
import { ChainCheck, VerifyButton } from "#app/components/audit/chain-check.tsx";
import { useActionWords } from "#app/components/audit/use-action-words.ts";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { auditActions } from "#db/words/audit.ts";

const useWords = wordsOf("audit");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const filters = filtersOf(args.request, ["client", "actor", "action", "cursor"]);
  const picked = await pickClient(args);
  const { actor: actorId, action, cursor } = filters;
  const page = await api.audit.all({ tenantId: picked.id, actorId, action, cursor });
  return { title: titleOf(wordsIn(locale)("audit:log.title")), filters, picked, page };
}

/** Follows a log from its first line to its last: the client's that the list is narrowed to, else the agency's own. */
export async function action(args: ActionFunctionArgs) {
  const { api } = enterAdmin(args);
  const form = await args.request.formData();
  if (form.get("intent") !== "verify") return redirect(new URL(args.request.url).pathname);
  const { client: tenant } = filtersOf(args.request, ["client"]);
  return { check: await (tenant ? api.audit.verify({ tenant }) : api.audit.verifyAgency()) };
}

export default function Audit() {
  const t = useWords();
  const { filters, picked, page } = useLoaderData<typeof loader>();
  const done = useActionData<typeof action>();
  const { titleOfJob } = useAdmin();
  const nameOf = useActionWords();
  const actions = auditActions.map((each) => ({ value: each, label: nameOf(each) ?? each }));
  const filtered = Boolean(filters.client || filters.actor || filters.action);
  return (
    <>
      <PageHeader
        title={t("log.title")}
        description={t("log.description")}
        actions={<VerifyButton label={t(filters.client ? "audit.verify" : "audit.verifyOwn")} />}
      />
      <ChainCheck check={done?.check} />
      <FilterForm active={filtered}>
        <Field label={t("log.who")} className="col-span-2 sm:w-60!">
          <Input
            name="actor"
            required={false}
            maxLength={254}
            placeholder={t("log.whoHint")}
            autoCapitalize="none"
            defaultValue={filters.actor}
          />
        </Field>
        <ClientFilter picked={picked} />
        <Field label={t("log.action")} className="sm:w-52!">
          <Select
            name="action"
            required={false}
            defaultValue={filters.action ?? ""}
            options={[{ value: "", label: t("audit.anyAction") }, ...actions.sort((a, b) => a.label.localeCompare(b.label))]}
          />
        </Field>
      </FilterForm>
      <Card padding="none">
        <AuditTable
          caption={t("log.title")}
          page={page}
          titleOfJob={titleOfJob}
          clientOf={(id) => (page.clients[id] === undefined ? <ClientLink id={id} /> : <ClientName id={id} name={page.clients[id]} />)}
          empty={<EmptyState icon={filtered ? SearchX : ScrollText} title={t(filtered ? "log.noneFound" : "log.emptyTitle")} />}
        />
        <CursorPages next={page.next} summary={t("log.shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
