import { useLoaderData } from "@remix-run/react";
import { ProfileStep } from "#app/components/onboarding/profile-step.tsx";
import { ReadyStep } from "#app/components/onboarding/ready-step.tsx";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { loadOnboarding, onboard } from "#app/portal/onboarding.ts";
import { titleMeta } from "#app/title.ts";

const useWords = wordsOf("auth");

export const meta = titleMeta;
export const loader = loadOnboarding;
export const action = onboard;

export default function Onboarding() {
  const t = useWords();
  const { me } = useLoaderData<typeof loader>();
  if (!me.onboarded) {
    return (
      <AuthLayout title={t("onboarding.title")} description={t("onboarding.description")}>
        <ProfileStep />
      </AuthLayout>
    );
  }
  return <ReadyStep />;
}
