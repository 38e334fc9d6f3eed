import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("auth");

export const meta = titleMeta;

export async function loader({ request, context }: LoaderFunctionArgs) {
  if (context.me) throw redirect(await context.api.signIn.landing());
  const to = new URL(request.url).searchParams.get("to") ?? "";
  const t = wordsIn(context.locale);
  return { to, signUp: await context.api.requests.isOpen(), title: titleOf(t("auth:signIn.title")), description: t("auth:signIn.about") };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const email = String(form.get("email") ?? "");
  try {
    await context.api.signIn.request({ email, returnTo: String(form.get("to") ?? ""), locale: context.locale });
  } catch (error) {
    const { kind } = context.describe(error);
    if (kind === "invalid") return data({ email, kind }, 422);
    if (kind === "rate_limited") return data({ email, kind }, 429);
    throw error;
  }
  return redirect("/sign-in/code");
}

export default function SignIn() {
  const t = useWords();
  const { to, signUp } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <AuthLayout title={t("signIn.title")} description={t("signIn.description")} footer={signUp ? <SignUpLink /> : t("signIn.footer")}>
      <Form method="post" className="grid gap-4" noValidate={failure !== undefined}>
        <input type="hidden" name="to" value={to} />
        <Field label={t("signIn.email")} error={failure && t(`signIn.failed.${failure.kind}`)}>
          <Input name="email" type="email" autoComplete="email" defaultValue={failure?.email} placeholder="name@shop.com" />
        </Field>
        <SubmitButton size="lg">{t("signIn.submit")}</SubmitButton>
      </Form>
    </AuthLayout>
  );
}

/** Where anybody may ask for a workspace. */
function SignUpLink() {
  const t = useWords();
  return (
    <>
      {t("signIn.noAccount")}{" "}
      <Link to="/sign-up" className="link">
        {t("signUp.link")}
      </Link>
    </>
  );
}
