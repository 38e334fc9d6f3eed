import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ProfileStep } from "#app/components/onboarding/profile-step.tsx";
import { ReadyStep } from "#app/components/onboarding/ready-step.tsx";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { isLocale, LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { signInPath } from "#app/sign-in-path.ts";
import { choiceCookie } from "#app/theme.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("auth");

export const meta = titleMeta;

/** First who the person is, then where their first account is connected; or how they get a workspace. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  if (!context.me) throw redirect(signInPath(request));
  const { api, locale } = context;
  const [me, invitations] = await Promise.all([api.me.get(), api.team.ownInvitations()]);
  const title = titleOf(wordsIn(locale)("auth:onboarding.title"));
  return { title, me, invitations, locale, timezones: me.onboarded ? [] : timezonesWith(me.timezone) };
}

const fields = ["name", "locale", "timezone"] as const;
type ProfileField = (typeof fields)[number];

export async function action({ request, context }: ActionFunctionArgs) {
  if (!context.me) throw redirect(signInPath(request));
  const { api } = context;
  const form = await request.formData();
  const given = (name: string) => String(form.get(name) ?? "");
  const invitation = form.get("invitation");
  const locale = form.get("locale");
  const headers = isLocale(locale) ? { "Set-Cookie": choiceCookie(LOCALE_COOKIE, locale, request) } : undefined;
  try {
    if (typeof invitation === "string") {
      await api.team.acceptInvitation({ token: invitation });
    } else {
      await api.me.completeOnboarding({
        name: given("name"),
        locale: isLocale(locale) ? locale : context.locale,
        timezone: given("timezone"),
      });
    }
  } catch (error) {
    const { kind, issues } = context.describe(error);
    if (kind === "not_found" || kind === "forbidden") return data({ gone: true, invalid: [] as ProfileField[], name: "" }, 404);
    if (kind !== "invalid") throw error;
    return data(
      { gone: false, invalid: fields.filter((field) => issues.some((issue) => issue.field === field)), name: given("name") },
      422,
    );
  }
  return redirect("/onboarding", { headers });
}

export default function Onboarding() {
  const t = useWords();
  const { me } = useLoaderData<typeof loader>();
  if (!me.onboarded) {
    return (
      <AuthLayout title={t("onboarding.title")} description={t("onboarding.description")} footer={t("onboarding.step", { step: 1 })}>
        <ProfileStep />
      </AuthLayout>
    );
  }
  return <ReadyStep />;
}
