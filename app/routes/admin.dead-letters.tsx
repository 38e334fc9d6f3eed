import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { MailCheck, RotateCcw, SearchX } from "lucide-react";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { DeadLetterTable } from "#app/components/admin/dead-letter-table.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations");

const STATES = ["open", "all"] as const;

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const asked = filtersOf(args.request, ["client", "state", "cursor"]);
  const filters = { ...asked, state: choiceOf(asked.state, STATES) ?? "open" };
  const picked = await pickClient(args);
  const page = await api.deadLetters.list({ tenantId: picked.id, open: filters.state === "open", cursor: filters.cursor });
  return { title: titleOf(wordsIn(locale)("operations:deadLetters.title")), filters, picked, page };
}

/** Sends one dead letter (`letterId`) once more. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  try {
    const { replayed } = await api.deadLetters.replay({ letterId: String(form.get("letterId")) });
    const message = wordsIn(locale)(replayed ? "operations:deadLetters.sent" : "operations:deadLetters.sentBefore");
    toast({ kind: replayed ? "success" : "info", message });
  } catch (error) {
    return formFailure(error, args, form);
  }
  const { pathname, search } = new URL(args.request.url);
  return redirect(`${pathname}${search}`);
}

export default function DeadLetters() {
  const t = useWords();
  const { filters, picked, page } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const filtered = Boolean(filters.client);
  return (
    <>
      <PageHeader
        title={t("deadLetters.title")}
        description={t("deadLetters.description")}
        actions={
          page.items.some(({ replayedAt }) => replayedAt === null) && (
            <Button asChild>
              <Link to={`/admin/dead-letters/replay${filters.client ? `?client=${filters.client}` : ""}`}>
                <RotateCcw aria-hidden />
                {t("bulk.replay.open")}
              </Link>
            </Button>
          )
        }
      />
      <div className="mb-4 empty:hidden">
        <FormMessage failure={failure} />
      </div>
      <FilterForm active={filtered || filters.state !== "open"}>
        <ClientFilter picked={picked} />
        <Field label={t("deadLetters.state")}>
          <Select
            name="state"
            defaultValue={filters.state}
            options={STATES.map((state) => ({ value: state, label: t(`deadLetters.show.${state}`) }))}
          />
        </Field>
      </FilterForm>
      <Card padding="none">
        <DeadLetterTable
          letters={page.items}
          empty={
            <EmptyState icon={filtered ? SearchX : MailCheck} title={t(filtered ? "deadLetters.noneFound" : "deadLetters.emptyTitle")}>
              {t("deadLetters.emptyBody")}
            </EmptyState>
          }
        />
        <CursorPages next={page.next} summary={t("deadLetters.shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
