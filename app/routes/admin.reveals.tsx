import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { Eye, EyeOff } from "lucide-react";
import { ClientLink } from "#app/components/admin/client-link.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { RevealTable } from "#app/components/admin/reveal-table.tsx";
import { SecretName } from "#app/components/admin/secret-name.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { filtersOf } from "#app/filters.ts";
import { type FormFailure, formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("custody");

export const meta = titleMeta;

/** A value in clear may stand in no cache. */
export const headers = () => ({ "Cache-Control": "no-store" });

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const asked = filtersOf(args.request, ["client", "connection", "field", "cursor"]);
  const { client, connection, field } = asked;
  const [page, held] = await Promise.all([
    api.reveals.list({ cursor: asked.cursor }),
    client ? api.credentials.list({ tenantId: client }) : { credentials: [] },
  ]);
  const asking = held.credentials.find((each) => each.connection === connection && each.field === field) ?? null;
  return { title: titleOf(wordsIn(locale)("custody:reveals.title")), page, asking };
}

/** Asks for a secret, allows or refuses a request, or shows what was allowed (`intent`). */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const t = wordsIn(locale);
  const text = (name: string) => String(form.get(name) ?? "");
  const ref = { tenant: text("client"), revealId: text("revealId") };
  try {
    switch (form.get("intent")) {
      case "ask":
        await api.reveals.request({
          tenant: text("client"),
          connectionId: text("connection"),
          field: text("field"),
          reason: text("reason"),
        });
        toast({ kind: "success", message: t("custody:credentials.asked") });
        break;
      case "approve":
        await api.reveals.approve(ref);
        toast({ kind: "success", message: t("custody:reveals.approved") });
        break;
      case "deny":
        await api.reveals.deny(ref);
        toast({ kind: "info", message: t("custody:reveals.denied") });
        break;
      case "show": {
        const shown = await api.reveals.show(ref);
        return { shown, seconds: Math.max(1, Math.ceil((shown.until - Date.now()) / 1000)) };
      }
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect("/admin/reveals");
}

export default function Reveals() {
  const t = useWords();
  const { page, asking } = useLoaderData<typeof loader>();
  const done = useActionData<typeof action>();
  const failure = done && "message" in done ? done : undefined;
  const of = (...states: string[]) => page.items.filter(({ state }) => states.includes(state));
  const groups = [
    { title: t("reveals.open"), reveals: of("open").filter(({ own }) => own) },
    { title: t("reveals.waiting"), reveals: of("waiting") },
    { title: t("reveals.past"), reveals: page.items.filter(({ state, own }) => state !== "waiting" && !(state === "open" && own)) },
  ].filter(({ reveals }) => reveals.length > 0);
  return (
    <>
      <PageHeader title={t("reveals.title")} description={t("reveals.description")} />
      {done && "shown" in done && <Shown {...done} />}
      {failure?.intent !== "ask" && failure && (
        <div className="mb-6">
          <FormMessage failure={failure} />
        </div>
      )}
      {asking && <AskForm asking={asking} failure={failure?.intent === "ask" ? failure : undefined} />}
      {groups.map(({ title, reveals }) => (
        <Section key={title} title={title}>
          <Card padding="none">
            <RevealTable caption={title} reveals={reveals} />
          </Card>
        </Section>
      ))}
      {page.items.length === 0 && !asking && (
        <Card padding="none">
          <EmptyState icon={EyeOff} title={t("reveals.emptyTitle")}>
            {t("reveals.emptyBody")}
          </EmptyState>
        </Card>
      )}
      {page.next !== null && <CursorPages next={page.next} summary="" />}
    </>
  );
}

/** The value, until its time is over: then the page is loaded anew without it, with or without JavaScript. */
function Shown({ shown, seconds }: { shown: Outputs["reveals"]["show"]; seconds: number }) {
  const t = useWords();
  return (
    <Section
      title={t("reveals.value", { field: shown.field })}
      description={t("reveals.valueBody", { account: shown.account, provider: shown.provider })}
      className="mb-8"
      actions={
        <Button asChild size="sm">
          <a href="/admin/reveals">
            <EyeOff aria-hidden />
            {t("reveals.hide")}
          </a>
        </Button>
      }
    >
      <meta httpEquiv="refresh" content={`${seconds};url=/admin/reveals`} />
      <Card>
        <code dir="ltr" translate="no" className="block font-mono text-sm text-ink [overflow-wrap:anywhere]">
          {shown.value}
        </code>
      </Card>
    </Section>
  );
}

function AskForm({ asking, failure }: { asking: Outputs["credentials"]["list"]["credentials"][number]; failure: FormFailure | undefined }) {
  const t = useWords();
  const { tenant: client, connection, field, account, providerName } = asking;
  return (
    <Section title={t("credentials.revealTitle")} description={t("credentials.revealBody")} className="mb-8">
      <Card className="max-w-2xl">
        <Form method="post" className="grid gap-5">
          <FormMessage failure={failure} />
          <div className="flex flex-wrap items-start gap-x-8 gap-y-3">
            <SecretName field={field} account={account} providerName={providerName} />
            <ClientLink id={client} />
          </div>
          {Object.entries({ client, connection, field }).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <Field label={t("credentials.reason")} hint={t("credentials.reasonHint")} error={failure?.fields.reason}>
            <Input name="reason" minLength={10} maxLength={500} dir="auto" defaultValue={failure?.values.reason} />
          </Field>
          <div>
            <SubmitButton name="intent" value="ask">
              <Eye aria-hidden />
              {t("credentials.ask")}
            </SubmitButton>
          </div>
        </Form>
      </Card>
    </Section>
  );
}
