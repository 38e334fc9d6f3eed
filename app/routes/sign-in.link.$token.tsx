import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useLoaderData } from "@remix-run/react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("auth");

export const meta = titleMeta;

/** Shows a button and uses nothing up: mail scanners open links too. */
export async function loader({ params: { token = "" }, context }: LoaderFunctionArgs) {
  const title = titleOf(wordsIn(context.locale)("auth:link.title"));
  try {
    return data({ title, link: await context.api.signIn.link({ token }) });
  } catch (error) {
    if (!isOver(context.describe(error).kind)) throw error;
    return data({ title, link: null }, 404);
  }
}

export async function action({ params: { token = "" }, request, context }: ActionFunctionArgs) {
  try {
    const { landing } = await context.api.signIn.redeemLink({ token });
    return redirect(landing);
  } catch (error) {
    if (!isOver(context.describe(error).kind)) throw error;
    return redirect(new URL(request.url).pathname); // the page itself then says that the link is over
  }
}

const isOver = (kind: string) => kind === "not_found" || kind === "invalid";

export default function SignInByLink() {
  const t = useWords();
  const { link } = useLoaderData<typeof loader>();
  if (!link) {
    return (
      <AuthLayout title={t("link.overTitle")} description={t("link.overBody")}>
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link to="/sign-in">{t("link.again")}</Link>
        </Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t("link.title")} description={<p className="break-words">{t("link.as", { email: isolate(link.email) })}</p>}>
      <Form method="post" className="grid gap-4">
        {!link.sameBrowser && <Callout tone="warn" title={t("link.otherBrowser")} />}
        <SubmitButton size="lg">{t("link.submit")}</SubmitButton>
      </Form>
    </AuthLayout>
  );
}
