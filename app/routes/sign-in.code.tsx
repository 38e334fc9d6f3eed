import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { type FormEvent, useEffect, useRef } from "react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { CodeInput } from "#app/components/ui/code-input.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("auth");

export const meta = titleMeta;

export async function loader({ context }: LoaderFunctionArgs) {
  if (context.me) throw redirect(await context.api.signIn.landing());
  const waiting = await context.api.signIn.waiting();
  if (!waiting) throw redirect("/sign-in");
  return { ...waiting, title: titleOf(wordsIn(context.locale)("auth:code.title")) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  try {
    if (form.get("intent") !== "resend") {
      const { landing } = await context.api.signIn.redeemCode({ code: String(form.get("code") ?? "") });
      return redirect(landing);
    }
    await context.api.signIn.resend();
  } catch (error) {
    const { kind } = context.describe(error);
    if (kind === "invalid") return data({ kind }, 422);
    if (kind === "not_found") return data({ kind }, 404);
    if (kind === "rate_limited") return data({ kind }, 429);
    throw error;
  }
  context.toast({ kind: "success", message: wordsIn(context.locale)("auth:code.resent") });
  return redirect("/sign-in/code");
}

export default function Code() {
  const t = useWords();
  const { email, expiresAt } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const field = useRef<HTMLInputElement>(null);
  const { state } = useNavigation();
  // A code is good once: Enter behind its sixth digit must not send it again.
  const underWay = useRef(false);
  useEffect(() => {
    if (state === "idle") underWay.current = false;
  }, [state]);
  // What is typed next takes the place of what was refused.
  useEffect(() => {
    if (failure) field.current?.select();
  }, [failure]);
  const onSubmit = (event: FormEvent) => {
    if (underWay.current) event.preventDefault();
    underWay.current = true;
  };
  return (
    <AuthLayout
      title={t("code.title")}
      description={<p className="break-words">{t("code.sentTo", { email: isolate(email) })}</p>}
      footer={
        <>
          {t("code.nothing")}
          <span className="mt-1 flex flex-wrap items-center justify-center gap-x-4">
            <Form method="post">
              <button type="submit" name="intent" value="resend" className="link min-h-6 cursor-pointer">
                {t("code.resend")}
              </button>
            </Form>
            <Link to="/sign-in" className="link">
              {t("code.otherAddress")}
            </Link>
          </span>
        </>
      }
    >
      <Form method="post" className="grid gap-4" onSubmit={onSubmit}>
        <Field label={t("code.label")} hint={t("code.hint")} error={failure && t(`code.failed.${failure.kind}`)}>
          {/* A new mail has a new code: what was typed of the old one goes. */}
          <CodeInput ref={field} key={expiresAt} name="code" autoFocus />
        </Field>
        <SubmitButton size="lg" name="intent" value="code">
          {t("code.submit")}
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
