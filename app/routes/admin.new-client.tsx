import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { type FormEvent, useRef } from "react";
import { clientFieldsOf } from "#app/client-form.ts";
import { ClientFields } from "#app/components/admin/client-fields.tsx";
import { ClientSource } from "#app/components/admin/client-source.tsx";
import { TakenIn } from "#app/components/admin/taken-in.tsx";
import { WhoseAccount } from "#app/components/admin/whose-account.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { slugOf } from "#server/domain/tenancy/slug-of.ts";

const useWords = wordsOf("clients", "common", "intake");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const [sources, defaults] = await Promise.all([api.integrations.sources(), api.agency.defaults()]);
  const title = titleOf(wordsIn(locale)("intake:title"));
  return {
    title,
    defaults,
    timezones: timezonesWith("UTC"),
    sources,
    asked: await askedWhose(args.request, api),
    taken: await takenIn(args.request, api),
  };
}

/** Who was taken in just now, and from where, so that the next one follows without a detour. */
async function takenIn(request: Request, api: ReturnType<typeof enterAdmin>["api"]) {
  const { searchParams } = new URL(request.url);
  const [provider, tenant] = ["after", "client"].map((name) => searchParams.get(name)?.slice(0, 60) ?? "");
  if (!provider || !tenant) return null;
  const { id, name } = await api.clients.get({ tenant });
  return { provider, client: { id, name } };
}

/** Whose account it is, where a consent came back with one that a client had before. */
async function askedWhose(request: Request, api: ReturnType<typeof enterAdmin>["api"]) {
  const { searchParams } = new URL(request.url);
  const text = (name: string) => searchParams.get(name)?.slice(0, 200) ?? "";
  const provider = text("provider");
  if (!/^[a-z]+$/.test(provider) || !searchParams.has("among")) return null;
  const ids = text("among").split(",").filter(Boolean).slice(0, 10);
  const clients = await Promise.all(ids.map((tenant) => api.clients.get({ tenant })));
  return { provider, account: text("account"), shop: text("shop"), clients: clients.map(({ id, name }) => ({ id, name })) };
}

export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const [id, ownerEmail = ""] = ["id", "ownerEmail"].map((name) => String(form.get(name) ?? "").trim());
  try {
    const client = await api.clients.create({
      ...clientFieldsOf(form),
      ...(id && { id }),
      ...(ownerEmail && { ownerEmail }),
    });
    const t = wordsIn(locale);
    const message = t(ownerEmail ? "intake:doneInvited" : "intake:done", { client: client.name, email: ownerEmail });
    toast({ kind: "success", message });
    return redirect(`/admin/clients/${client.id}`);
  } catch (error) {
    return formFailure(error, args, form);
  }
}

/** The id follows the name as it is typed, until somebody gives another one. */
function useDerivedId(named = "") {
  const id = useRef<HTMLInputElement>(null);
  const derived = useRef(slugOf(named) ?? "");
  const derive = ({ target }: FormEvent) => {
    if (!(target instanceof HTMLInputElement) || target.name !== "name" || !id.current) return;
    const isOwn = id.current.value !== "" && id.current.value !== derived.current;
    derived.current = slugOf(target.value) ?? "";
    if (!isOwn) id.current.value = derived.current;
  };
  return { id, derive };
}

export default function NewClient() {
  const t = useWords();
  const { defaults, timezones, sources, asked, taken } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { id, derive } = useDerivedId(failure?.values.name);
  const values = {
    name: "",
    vertical: "shopify",
    plan: defaults.plan,
    locale: defaults.locale,
    currency: "",
    timezone: "",
    contactName: null,
    contactEmail: null,
    tags: "",
    ...failure?.values,
  };
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("clients.title"), to: "/admin/clients" }, { label: t("intake:title") }]} />}
        title={t("intake:title")}
        description={t("intake:description")}
      />
      {asked && <WhoseAccount asked={asked} />}
      {taken && <TakenIn taken={taken} name={sources.find(({ provider }) => provider === taken.provider)?.name ?? taken.provider} />}
      <Section title={t("intake:source")} description={t("intake:sourceBody")} className="mb-8 max-w-2xl">
        <ul className="grid items-start gap-4 sm:grid-cols-2">
          {sources.map((source) => (
            <ClientSource key={source.provider} source={source} />
          ))}
        </ul>
      </Section>
      <Section title={t("intake:byHand")} description={t("intake:byHandBody")} className="max-w-2xl">
        <Card>
          <Form method="post" className="grid gap-5" onInput={derive}>
            <FormMessage failure={failure} />
            <ClientFields
              values={values}
              errors={failure?.fields}
              timezones={timezones}
              unpicked={{ currency: t("client.fromShop"), timezone: t("client.fromShop") }}
              id={
                <Field label={t("client.id")} hint={t("client.idHint")} required={false} error={failure?.fields.id}>
                  <Input
                    ref={id}
                    name="id"
                    // What is pasted may have space around it, which the server takes off.
                    maxLength={80}
                    pattern="\s*[a-z0-9]([a-z0-9\-]{0,38}[a-z0-9])?\s*"
                    title={t("client.idHint")}
                    autoComplete="off"
                    autoCapitalize="none"
                    spellCheck={false}
                    dir="ltr"
                    className="font-mono rtl:text-end"
                    defaultValue={failure?.values.id}
                  />
                </Field>
              }
            />
            <Field label={t("intake:owner")} hint={t("intake:ownerHint")} required={false} error={failure?.fields.ownerEmail}>
              <Input name="ownerEmail" type="email" maxLength={254} autoComplete="off" defaultValue={failure?.values.ownerEmail} />
            </Field>
            <div className="flex flex-wrap gap-2">
              <SubmitButton>{t("intake:create")}</SubmitButton>
              <Button asChild variant="ghost">
                <Link to="/admin/clients">{t("common:actions.cancel")}</Link>
              </Button>
            </div>
          </Form>
        </Card>
      </Section>
    </>
  );
}
