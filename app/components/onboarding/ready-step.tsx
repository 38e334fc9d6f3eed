import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { loadOnboarding, onboard } from "#app/portal/onboarding.ts";

const useWords = wordsOf("auth", "common");

/** Where to go from here: one of several workspaces, an invitation that waits, or how to get a workspace. */
export function ReadyStep() {
  const t = useWords();
  const { me, invitations, signUp } = useLoaderData<typeof loadOnboarding>();
  const failure = useActionData<typeof onboard>();
  const isMember = me.tenants.length > 0;
  const state = isMember ? "ready" : invitations.length > 0 ? "invited" : "noTenant";
  return (
    <AuthLayout title={t(`onboarding.${state}Title`)} description={t(`onboarding.${state}Body`, { email: isolate(me.email) })}>
      <div className="grid gap-3 text-sm">
        {failure?.gone && <Callout tone="danger" title={t("onboarding.failed.gone")} />}
        {invitations.map(({ id, tenantName, role }) => (
          <Form key={id} method="post">
            <Callout
              title={t("onboarding.invited", { tenant: isolate(tenantName), role: t(`role.${role}`) })}
              action={
                <SubmitButton size="sm" name="invitation" value={id}>
                  {t("onboarding.accept")}
                </SubmitButton>
              }
            />
          </Form>
        ))}
        {me.tenants.map(({ id, name }) => (
          <Go key={id} to={`/t/${id}`} label={t("onboarding.overview", { tenant: isolate(name) })} />
        ))}
        {!isMember && signUp && <Go to="/sign-up" label={t("signUp.link")} />}
        {me.staff && <Go to="/admin" label={t("onboarding.staff")} />}
        {!isMember && <Go to="/onboarding" label={t("onboarding.reload")} />}
        {!isMember && (
          <Form method="post" action="/sign-out" className="grid">
            <SubmitButton action="/sign-out" variant="ghost">
              {t("common:account.signOut")}
            </SubmitButton>
          </Form>
        )}
      </div>
    </AuthLayout>
  );
}

function Go({ to, label }: { to: string; label: string }) {
  return (
    <Button asChild size="lg" className="w-full min-w-0">
      <Link to={to}>
        <span className="truncate">{label}</span>
      </Link>
    </Button>
  );
}
