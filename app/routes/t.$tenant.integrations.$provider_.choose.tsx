import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData, useLocation } from "@remix-run/react";
import { RefreshCw, Search } from "lucide-react";
import type { ReactNode } from "react";
import { ProviderTrail } from "#app/components/client/provider-trail.tsx";
import { ResourceOption } from "#app/components/client/resource-option.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { formFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { pagePath } from "#server/domain/people/schemas.ts";

const useWords = wordsOf("accounts");

export const meta = titleMeta;

/** What is carried from step to step: whose choice it is, where to go afterwards, and whether the other kinds are asked too. */
const CARRIED = ["connection", "kind", "return", "ask"] as const;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const { searchParams } = new URL(args.request.url);
  const text = (name: string) => searchParams.get(name) ?? "";
  const integrations = await api.connections.list({ tenant: tenant.id });
  const integration = integrations.find(({ provider }) => provider === args.params.provider);
  const account = integration?.connections.find(({ id }) => id === text("connection"));
  const choice = account?.choices.find(({ kind }) => kind === text("kind"));
  if (!integration || !account || !choice) throw new Response("There is nothing to choose here", { status: 404 });
  // What is ticked goes along while people search, and is stored by nobody until they save it.
  const ticked = searchParams.has("ticked");
  const chosen = choice.chosen.flatMap(({ id, gone }) => (gone ? [] : [id]));
  const page = await api.connections.resources({
    tenant: tenant.id,
    connectionId: account.id,
    kind: choice.kind,
    search: text("q").slice(0, 200) || undefined,
    cursor: text("cursor") || undefined,
    ids: ticked ? searchParams.getAll("ids").filter(Boolean).slice(0, 500) : chosen,
  });
  return {
    title: titleOf(choice.title[locale], tenant.name),
    provider: { id: integration.provider, name: integration.name },
    account: { id: account.id, name: account.name, isActive: account.status === "active" },
    choice,
    page,
    q: text("q").slice(0, 200),
    carried: CARRIED.flatMap((name) => (searchParams.has(name) ? [[name, text(name)] as const] : [])),
    back: pagePath(text("return")) ?? `/t/${tenant.id}/integrations/${integration.provider}`,
  };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { api, locale } = context;
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const t = wordsIn(locale);
  const [tenant, provider] = [String(params.tenant), String(params.provider)];
  const connection = { tenant, connectionId: text("connection") };
  try {
    if (text("intent") === "relist") {
      await api.connections.relist(connection);
      context.toast({ kind: "success", message: t("accounts:accounts.asked", { provider: text("name") }) });
      const { pathname, search } = new URL(request.url);
      return redirect(`${pathname}${search}`);
    }
    const chosen = await api.connections.choose({ ...connection, kind: text("kind"), ids: form.getAll("ids").map(String).filter(Boolean) });
    const names = new Intl.ListFormat(locale).format(chosen.map(({ name }) => isolate(name)));
    context.toast({
      kind: "success",
      message: chosen.length > 0 ? t("accounts:accounts.saved", { names }) : t("accounts:accounts.savedNone"),
    });
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  const next = text("ask") === "all" ? await nextKind(api, { ...connection, provider, after: text("kind") }) : null;
  if (next === null) return redirect(pagePath(text("return")) ?? `/t/${tenant}/integrations/${provider}`);
  const query = new URLSearchParams({ connection: connection.connectionId, kind: next, return: text("return"), ask: "all" });
  return redirect(`/t/${tenant}/integrations/${provider}/choose?${query}`);
}

/** The kind after this one of which there are several and none is chosen; null where there is no such. */
async function nextKind(
  api: LoaderFunctionArgs["context"]["api"],
  { tenant, connectionId, provider, after }: { tenant: string; connectionId: string; provider: string; after: string },
): Promise<string | null> {
  const integrations = await api.connections.list({ tenant });
  const choices = integrations.find((each) => each.provider === provider)?.connections.find(({ id }) => id === connectionId)?.choices ?? [];
  for (const { kind, chosen } of choices.slice(choices.findIndex(({ kind }) => kind === after) + 1)) {
    if (chosen.length > 0) continue;
    const { total } = await api.connections.resources({ tenant, connectionId, kind, limit: 1 });
    if (total > 1) return kind;
  }
  return null;
}

/** What of the things under a login shall be read: one form, in which searching and paging keep what is ticked. */
export default function Choose() {
  const t = useWords();
  const { locale } = useDisplay();
  const { provider, account, choice, page, q, carried, back } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { pathname } = useLocation();
  const { many } = choice;
  // With its query, so that the page is there again when something is refused.
  const here = `${pathname}?${new URLSearchParams(carried.map(([name, value]) => [name, value]))}`;
  const chained = carried.some(([name]) => name === "ask");
  return (
    <>
      <PageHeader
        before={<ProviderTrail provider={provider} step={choice.title[locale]} />}
        title={choice.choose[locale]}
        description={
          <>
            <p>{t(many ? "accounts.choosePageMany" : "accounts.choosePageOne", { account: isolate(account.name) })}</p>
            {choice.chosen.length > 0 && choice.needed && <p className="mt-1">{t("accounts.anew")}</p>}
          </>
        }
        actions={
          account.isActive && (
            <Form method="post">
              <input type="hidden" name="intent" value="relist" />
              <input type="hidden" name="connection" value={account.id} />
              <input type="hidden" name="name" value={provider.name} />
              <SubmitButton variant="secondary" name="relist" value="1">
                <RefreshCw aria-hidden />
                {t("accounts.askAgain")}
              </SubmitButton>
            </Form>
          )
        }
      />
      <FormMessage failure={failure} />
      <Form key={page.listedAt} method="post" action={here} className="grid max-w-3xl gap-4" noValidate={page.total === 0}>
        {carried.map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <input type="hidden" name="ticked" value="1" />
        <search className="flex items-end gap-2">
          <Field label={t("accounts.find")} className="min-w-0 flex-1">
            <Input type="search" name="q" required={false} defaultValue={q} maxLength={200} autoComplete="off" />
          </Field>
          {/* First of its form: what Enter presses. */}
          <Button type="submit" formMethod="get" formNoValidate>
            <Search aria-hidden />
            {t("accounts.findButton")}
          </Button>
        </search>
        <Options />
        {/* In reach however long the list is; on a phone it stands on the navigation's bar, whose height this is. */}
        <div className="sticky bottom-[calc(3.5rem+1px+env(safe-area-inset-bottom))] z-10 -mx-4 flex flex-wrap gap-2 border-t border-line bg-canvas px-4 py-3 lg:bottom-0">
          <SubmitButton action={here} name="intent" value="choose">
            {t(chained ? "accounts.saveAndNext" : "accounts.save")}
          </SubmitButton>
          <Button asChild variant="ghost">
            <Link to={back}>{t(chained ? "accounts.later" : "accounts.back")}</Link>
          </Button>
        </div>
      </Form>
    </>
  );
}

/** What is chosen, and what else there is: the boxes to tick. */
function Options() {
  const t = useWords();
  const { locale } = useDisplay();
  const { provider, choice, page, q } = useLoaderData<typeof loader>();
  const { many } = choice;
  const { picked } = page;
  const others = page.items.filter(({ id }) => !picked.some((each) => each.id === id));
  return (
    <Card padding="none" className="overflow-hidden">
      <fieldset>
        <legend className="sr-only">{choice.title[locale]}</legend>
        {!many && !choice.needed && page.total > 0 && (
          <ul className="border-b border-line">
            <ResourceOption
              key={`${q} none`}
              option={{ id: "", name: t("accounts.noneOfThem") }}
              many={false}
              checked={picked.length === 0}
            />
          </ul>
        )}
        {picked.length > 0 && (
          <>
            <ListHead title={t("accounts.picked")} />
            <ul className="divide-y divide-line border-b border-line">
              {picked.map((option) => (
                <ResourceOption key={`${q} ${option.id}`} option={option} many={many} checked />
              ))}
            </ul>
          </>
        )}
        <ListHead title={t("accounts.listed")}>
          {t("accounts.listedCount", { count: page.total })}
          {page.listedAt !== null && (
            <>
              {" · "}
              {t("accounts.listedAt", { provider: provider.name })} <Time at={page.listedAt} />
            </>
          )}
        </ListHead>
        {others.length > 0 ? (
          <ul className="divide-y divide-line">
            {others.map((option) => (
              <ResourceOption key={`${q} ${option.id}`} option={option} many={many} checked={false} />
            ))}
          </ul>
        ) : (
          <p className="px-4 pb-4 text-[0.8125rem] text-ink-muted">
            {page.total === 0
              ? t("accounts.empty", { provider: provider.name })
              : page.next === null && (q !== "" || picked.length === 0)
                ? t("accounts.noMatch")
                : null}
          </p>
        )}
        {page.next !== null && (
          <div className="border-t border-line p-3">
            <Button type="submit" size="sm" formMethod="get" formNoValidate name="cursor" value={page.next}>
              {t("accounts.more")}
            </Button>
          </div>
        )}
      </fieldset>
    </Card>
  );
}

function ListHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <p className="flex flex-wrap items-baseline justify-between gap-x-3 px-4 pt-3 pb-1.5 text-xs text-ink-faint">
      <span className="font-medium">{title}</span>
      <span>{children}</span>
    </p>
  );
}
