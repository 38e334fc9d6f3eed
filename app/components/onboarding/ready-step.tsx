import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { loadOnboarding, onboard } from "#app/portal/onboarding.ts";

const useWords = wordsOf("auth", "common");

/** Where to go from here: the first connection, an invitation that waits, or how to get a workspace. */
export function ReadyStep() {
  const t = useWords();
  const { me, invitations } = useLoaderData<typeof loadOnboarding>();
  const failure = useActionData<typeof onboard>();
  const [first, ...others] = me.tenants;
  const state = first ? "ready" : invitations.length > 0 ? "invited" : "noTenant";
  const mayConnect = first?.may.includes("connections:write");
  return (
    <AuthLayout
      title={t(`onboarding.${state}Title`)}
      description={t(`onboarding.${state}Body`, { email: isolate(me.email) })}
      footer={first && t("onboarding.step", { step: 2 })}
    >
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
        {first && mayConnect && (
          <>
            <Go to={`/t/${first.id}/integrations`} primary label={t("onboarding.connect", { tenant: isolate(first.name) })} />
            <Go to={`/t/${first.id}`} label={t("onboarding.later")} />
          </>
        )}
        {first && !mayConnect && <Go to={`/t/${first.id}`} primary label={t("onboarding.overview", { tenant: isolate(first.name) })} />}
        {others.map(({ id, name }) => (
          <Go key={id} to={`/t/${id}`} label={t("onboarding.overview", { tenant: isolate(name) })} />
        ))}
        {me.staff && <Go to="/admin" label={t("onboarding.staff")} />}
        {!first && <Go to="/onboarding" label={t("onboarding.reload")} />}
        {!first && (
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

function Go({ to, label, primary = false }: { to: string; label: string; primary?: boolean }) {
  return (
    <Button asChild variant={primary ? "primary" : "secondary"} size="lg" className="w-full min-w-0">
      <Link to={to}>
        <span className="truncate">{label}</span>
      </Link>
    </Button>
  );
}
