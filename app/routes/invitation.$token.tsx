import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData, useLocation } from "@remix-run/react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { isLocale, LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { choiceCookie, readCookie } from "#app/theme.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("auth");

export const meta = titleMeta;

/**
 * Shows the invitation and a button; only the button accepts it. The parameter is the mail's token, or the id for who is signed in. To who
 * has no language here yet it is shown in that of the invitation.
 */
export async function loader({ params: { token = "" }, request, context }: LoaderFunctionArgs) {
  const t = wordsIn(context.locale);
  const me = context.me && { email: context.me.email };
  try {
    const invitation = await context.api.team.invitation({ token });
    const language = me === null && invitation.locale !== context.locale ? invitation.locale : null;
    if (language && isUndecided(request)) {
      const { pathname } = new URL(request.url);
      const headers = { "Set-Cookie": choiceCookie(LOCALE_COOKIE, language, request) };
      return redirect(`${pathname}?${new URLSearchParams({ [IN]: language })}`, { headers });
    }
    return data({ title: titleOf(t("auth:invitation.title", { tenant: invitation.tenantName })), me, invitation });
  } catch (error) {
    const { kind } = context.describe(error);
    if (kind !== "not_found" && kind !== "invalid") throw error;
    return data({ title: titleOf(t("auth:invitation.overTitle")), me, invitation: null }, 404);
  }
}

const IN = "in";

/** Whether no language was chosen in this browser, as far as it keeps cookies: it is led here once. */
const isUndecided = ({ url, headers }: Request): boolean =>
  !isLocale(readCookie(headers.get("cookie"), LOCALE_COOKIE)) && !new URL(url).searchParams.has(IN);

export async function action({ params: { token = "" }, request, context }: ActionFunctionArgs) {
  const { api, locale, describe } = context;
  const intent = (await request.formData()).get("intent");
  try {
    if (intent !== "sign-in") return redirect((await api.team.acceptInvitation({ token, locale })).landing);
    const { id, email } = await api.team.invitation({ token });
    // The id alone is kept with the sign-in: it opens the invitation for its address, and for nobody else.
    await api.signIn.request({ email, returnTo: `/invitation/${id}`, locale });
  } catch (error) {
    const { kind } = describe(error);
    if (kind === "rate_limited") return data({ kind }, 429);
    if (kind !== "not_found" && kind !== "forbidden" && kind !== "unauthenticated") throw error;
    return redirect(new URL(request.url).pathname); // the page itself then says how the person stands to it by now
  }
  return redirect("/sign-in/code");
}

export default function Invitation() {
  const t = useWords();
  const { invitation, me } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { pathname } = useLocation();
  if (!invitation) {
    return (
      <AuthLayout title={t("invitation.overTitle")} description={t("invitation.overBody")}>
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link to="/">{t("invitation.toSignIn")}</Link>
        </Button>
      </AuthLayout>
    );
  }
  const { tenantName: tenant, inviter, standing } = invitation;
  const role = t(`role.${invitation.role}`);
  const email = isolate(invitation.email);
  return (
    <AuthLayout
      title={t("invitation.title", { tenant: isolate(tenant) })}
      description={inviter ? t("invitation.byPerson", { inviter: isolate(inviter), role }) : t("invitation.byAgency", { role })}
    >
      <div className="grid gap-4 text-sm break-words">
        {failure && <Callout tone="danger" title={t(`invitation.failed.${failure.kind}`)} />}
        {standing === "new_account" && <p>{t("invitation.newAccount", { email })}</p>}
        {standing === "sign_in" && <p>{t("invitation.signInFirst", { email })}</p>}
        {standing === "another_account" && me ? (
          <>
            <Callout tone="warn" title={t("invitation.anotherAccount", { invited: email, current: isolate(me.email) })} />
            <Form method="post" action="/sign-out" className="grid">
              <input type="hidden" name="returnTo" value={pathname} />
              <SubmitButton size="lg" action="/sign-out">
                {t("invitation.signOut")}
              </SubmitButton>
            </Form>
            <Link to="/" className="link justify-self-center">
              {t("invitation.keep", { email: isolate(me.email) })}
            </Link>
          </>
        ) : (
          <Form method="post" className="grid">
            <SubmitButton size="lg" name="intent" value={standing === "sign_in" ? "sign-in" : "accept"}>
              {standing === "sign_in" ? t("invitation.sendLink") : t("invitation.accept", { tenant: isolate(tenant) })}
            </SubmitButton>
          </Form>
        )}
      </div>
    </AuthLayout>
  );
}
