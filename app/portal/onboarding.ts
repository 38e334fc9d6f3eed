import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { isLocale, LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { signInPath } from "#app/sign-in-path.ts";
import { choiceCookie } from "#app/theme.ts";
import { titleOf } from "#app/title.ts";

/** First who the person is. Then they are led to their workspace, unless there are several, an invitation, or none to choose from. */
export async function loadOnboarding({ request, context }: LoaderFunctionArgs) {
  if (!context.me) throw redirect(signInPath(request));
  const { api, locale } = context;
  const [me, invitations, signUp] = await Promise.all([api.me.get(), api.team.ownInvitations(), api.requests.isOpen()]);
  const [tenant, ...others] = me.tenants;
  if (me.onboarded && tenant && others.length === 0 && invitations.length === 0) throw redirect(`/t/${tenant.id}`);
  const title = titleOf(wordsIn(locale)("auth:onboarding.title"));
  return { title, me, invitations, signUp, locale, timezones: me.onboarded ? [] : timezonesWith(me.timezone) };
}

const fields = ["name", "locale", "timezone"] as const;
type ProfileField = (typeof fields)[number];

/** Takes in who the person is, or the invitation that they accept. */
export async function onboard({ request, context }: ActionFunctionArgs) {
  if (!context.me) throw redirect(signInPath(request));
  const { api } = context;
  const form = await request.formData();
  const given = (name: string) => String(form.get(name) ?? "");
  const invitation = form.get("invitation");
  const locale = form.get("locale");
  const headers = isLocale(locale) ? { "Set-Cookie": choiceCookie(LOCALE_COOKIE, locale, request) } : undefined;
  try {
    if (typeof invitation === "string") {
      await api.team.acceptInvitation({ token: invitation, locale: context.locale });
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
