import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Eye, KeyRound, SearchX } from "lucide-react";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { CredentialTable } from "#app/components/admin/credential-table.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { KeyCoverage } from "#app/components/admin/key-coverage.tsx";
import { OwedAccess } from "#app/components/client/owed-access.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { filtersOf } from "#app/filters.ts";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations", "custody");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const filters = filtersOf(args.request, ["client", "provider", "cursor"]);
  const picked = await pickClient(args);
  const [page, coverage, providers, owed] = await Promise.all([
    api.credentials.list({ tenantId: picked.id, provider: filters.provider, cursor: filters.cursor }),
    api.credentials.coverage(),
    api.credentials.providers(),
    api.credentials.owed(),
  ]);
  return { title: titleOf(wordsIn(locale)("operations:credentials.title")), filters, picked, page, coverage, providers, owed };
}

/**
 * Goes on with the rotation of the root key; what keeps it from going on is said. `intent` `settle-owed`: access that the agency owed was
 * removed at its provider by hand.
 */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const t = wordsIn(locale);
  try {
    if (form.get("intent") === "settle-owed") {
      await api.credentials.settleOwed({ owedId: String(form.get("owedId")) });
      toast({ kind: "success", message: t("account:owed.removedToast") });
    } else {
      const { current, total } = await api.credentials.rotate();
      const done = current === total;
      toast({
        kind: done ? "success" : "info",
        message: done ? t("operations:coverage.doneTitle") : t("operations:coverage.openBody", { current, total }),
      });
    }
  } catch (error) {
    return formFailure(error, args, form);
  }
  const { pathname, search } = new URL(args.request.url);
  return redirect(`${pathname}${search}`);
}

export default function Credentials() {
  const t = useWords();
  const { filters, picked, page, coverage, providers, owed } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const filtered = Boolean(filters.client || filters.provider);
  return (
    <>
      <PageHeader
        title={t("credentials.title")}
        description={t("credentials.description")}
        actions={
          <Button asChild>
            <Link to="/admin/reveals">
              <Eye aria-hidden />
              {t("custody:credentials.toReveals")}
            </Link>
          </Button>
        }
      />
      <div className="mb-4 empty:hidden">
        <FormMessage failure={failure} />
      </div>
      <KeyCoverage coverage={coverage} />
      {owed.length > 0 && (
        <Section title={t("credentials.owedTitle")} description={t("credentials.owedBody")} className="mb-6">
          <OwedAccess integrations={owed} settles />
        </Section>
      )}
      <FilterForm active={filtered}>
        <ClientFilter picked={picked} />
        <FilterSelect
          name="provider"
          label={t("custody:credentials.provider")}
          value={filters.provider}
          any={t("custody:credentials.anyProvider")}
          options={providers.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </FilterForm>
      <Card padding="none">
        <CredentialTable
          credentials={page.credentials}
          empty={
            <EmptyState icon={filtered ? SearchX : KeyRound} title={t(filtered ? "credentials.noneFound" : "credentials.emptyTitle")}>
              {t("credentials.emptyBody")}
            </EmptyState>
          }
        />
        <CursorPages next={page.next} summary={t("credentials.shown", { count: page.credentials.length })} />
      </Card>
    </>
  );
}
