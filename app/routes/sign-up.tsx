import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("auth");

export const meta = titleMeta;

/** Where anybody asks for a workspace; no page where the configuration does not let them. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const t = wordsIn(context.locale);
  if (!(await context.api.requests.isOpen())) throw new Response("There is no such page", { status: 404 });
  const sent = new URL(request.url).searchParams.has("sent");
  return { sent, email: context.me?.email ?? "", title: titleOf(t(sent ? "auth:signUp.sentTitle" : "auth:signUp.title")) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const [email, company] = [String(form.get("email") ?? ""), String(form.get("company") ?? "")];
  try {
    await context.api.requests.send({ email, company, locale: context.locale });
  } catch (error) {
    const { kind, issues } = context.describe(error);
    const named = (["email", "company"] as const).filter((field) => issues.some((issue) => issue.field === field));
    if (kind === "invalid") return data({ kind, invalid: named, email, company }, 422);
    if (kind === "rate_limited") return data({ kind, invalid: named, email, company }, 429);
    throw error;
  }
  return redirect("/sign-up?sent");
}

export default function SignUp() {
  const t = useWords();
  const { sent, email } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const wrong = (field: "email" | "company") => (failure?.invalid.includes(field) ? t(`signUp.failed.${field}`) : undefined);
  const footer = (
    <>
      {t("signUp.footer")}{" "}
      <Link to="/sign-in" className="link">
        {t("signUp.signIn")}
      </Link>
    </>
  );
  if (sent) {
    return (
      <AuthLayout title={t("signUp.sentTitle")} description={t("signUp.sentBody")} footer={footer}>
        <p className="text-[0.8125rem] text-ink-faint">{t("signUp.retention")}</p>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t("signUp.title")} description={t("signUp.description")} footer={footer}>
      <Form method="post" className="grid gap-4" noValidate={failure !== undefined}>
        {failure?.kind === "rate_limited" && <Callout tone="danger" title={t("signUp.failed.rate_limited")} />}
        <Field label={t("signUp.email")} error={wrong("email")}>
          <Input
            name="email"
            type="email"
            autoComplete="email"
            maxLength={254}
            defaultValue={failure?.email ?? email}
            placeholder="name@shop.com"
          />
        </Field>
        <Field label={t("signUp.company")} error={wrong("company")}>
          <Input name="company" autoComplete="organization" maxLength={80} dir="auto" defaultValue={failure?.company} />
        </Field>
        <SubmitButton size="lg">{t("signUp.submit")}</SubmitButton>
      </Form>
    </AuthLayout>
  );
}
