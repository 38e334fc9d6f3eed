import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { UserPlus } from "lucide-react";
import { AdminTable } from "#app/components/admin/admin-table.tsx";
import { PLANS } from "#app/components/admin/client-fields.tsx";
import { CurrencySelect, LocaleSelect, TimezoneSelect } from "#app/components/client/locale-fields.tsx";
import { ProfileForm } from "#app/components/client/profile-form.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { type FormFailure, formFailure } from "#app/form-errors.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { saveProfile } from "#app/portal/save-profile.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Inputs } from "#server/trpc/root.ts";

const useWords = wordsOf("agency", "clients", "common", "settings");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const [me, admins, defaults] = await Promise.all([api.me.get(), api.agency.admins(), api.agency.defaults()]);
  return {
    title: titleOf(wordsIn(locale)("agency:title")),
    me,
    admins,
    defaults,
    timezones: timezonesWith(me.timezone, defaults.timezone),
  };
}

export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const t = wordsIn(locale);
  const done = (message: string) => toast({ kind: "success", message });
  try {
    switch (text("intent")) {
      case "add":
        await api.agency.addAdmin({ email: text("email") });
        done(t("agency:team.added", { email: text("email") }));
        break;
      case "remove":
        await api.agency.removeAdmin({ userId: text("userId") });
        done(t("agency:team.removed", { name: text("name") }));
        break;
      case "defaults": {
        // What they hold is checked by the procedure; here they are only words of a form.
        const given = { plan: text("plan"), locale: text("locale"), currency: text("currency"), timezone: text("timezone") };
        await api.agency.setDefaults(given as Inputs["agency"]["setDefaults"]);
        done(t("agency:defaults.saved"));
        break;
      }
      case "profile":
        return await saveProfile(args, form);
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect("/admin/agency");
}

/** The agency itself: its admins, the reader's own profile, and what new clients begin with. */
export default function Agency() {
  const t = useWords();
  const { me, admins, timezones } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failureOf = (intent: string) => (failure?.intent === intent ? failure : undefined);
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <FormMessage failure={failureOf("remove")} />
      <Section title={t("team.title")} description={t("team.description")}>
        <AdminTable admins={admins} />
        <AddAdmin failure={failureOf("add")} />
      </Section>
      <Section title={t("settings:settings.profile")} description={t("settings:settings.profileDescription")}>
        <ProfileForm me={me} timezones={timezones} timezoneHint={t("timezoneHint")} failure={failureOf("profile")} />
      </Section>
      <Section title={t("defaults.title")} description={t("defaults.description")}>
        <Defaults failure={failureOf("defaults")} />
      </Section>
    </>
  );
}

/** Its field is another one, and so empty, once somebody was added. */
function AddAdmin({ failure }: { failure: FormFailure | undefined }) {
  const t = useWords();
  const { admins } = useLoaderData<typeof loader>();
  return (
    <Card className="mt-4 max-w-2xl">
      <Form method="post" className="grid gap-4">
        <FormMessage failure={failure} />
        <div className="grid items-start gap-4 sm:grid-cols-[1fr_auto]">
          <Field label={t("settings:settings.email")} hint={t("team.addHint")} error={failure?.fields.email}>
            <Input key={admins.length} type="email" name="email" autoComplete="off" maxLength={254} defaultValue={failure?.values.email} />
          </Field>
          <SubmitButton name="intent" value="add" className="sm:mt-6.5">
            <UserPlus aria-hidden />
            {t("team.add")}
          </SubmitButton>
        </div>
      </Form>
    </Card>
  );
}

function Defaults({ failure }: { failure: FormFailure | undefined }) {
  const t = useWords();
  const { defaults, timezones } = useLoaderData<typeof loader>();
  const values = { ...defaults, ...failure?.values };
  return (
    <Card className="max-w-2xl">
      <Form method="post" className="grid gap-5">
        <FormMessage failure={failure} />
        <div className="grid items-start gap-5 sm:grid-cols-2">
          <Field label={t("clients:client.plan")} error={failure?.fields.plan}>
            <Select
              name="plan"
              defaultValue={values.plan}
              options={PLANS.map((plan) => ({ value: plan, label: t(`common:plan.${plan}`) }))}
            />
          </Field>
          <LocaleSelect
            label={t("clients:client.locale")}
            hint={t("clients:client.localeHint")}
            value={values.locale}
            error={failure?.fields.locale}
          />
          <CurrencySelect
            label={t("clients:client.currency")}
            hint={t("defaults.untilShop")}
            value={values.currency}
            error={failure?.fields.currency}
          />
          <TimezoneSelect
            label={t("clients:client.timezone")}
            hint={t("defaults.untilShop")}
            value={values.timezone}
            timezones={timezones}
            error={failure?.fields.timezone}
          />
        </div>
        <div>
          <SubmitButton name="intent" value="defaults">
            {t("defaults.save")}
          </SubmitButton>
        </div>
      </Form>
    </Card>
  );
}
