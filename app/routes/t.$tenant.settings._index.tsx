import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ProfileForm } from "#app/components/client/profile-form.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { formFailure } from "#app/form-errors.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterOwn } from "#app/portal/enter-tenant.ts";
import { saveProfile } from "#app/portal/save-profile.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("settings");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { me, tenant } = await enterOwn(args);
  const t = wordsIn(args.context.locale);
  return { title: titleOf(t("settings:settings.profile"), tenant.name), timezones: timezonesWith(me.timezone) };
}

export async function action(args: ActionFunctionArgs) {
  const form = await args.request.formData();
  try {
    return await saveProfile(args, form);
  } catch (error) {
    return formFailure(error, args, form);
  }
}

export default function Profile() {
  const t = useWords();
  const { timezones } = useLoaderData<typeof loader>();
  const { me } = useTenant();
  return (
    <Section title={t("settings.profile")} description={t("settings.profileDescription")}>
      <ProfileForm
        me={me}
        timezones={timezones}
        timezoneHint={t("settings.profileTimezoneHint")}
        failure={useActionData<typeof action>()}
      />
    </Section>
  );
}
