import type { ReactNode } from "react";
import { CurrencySelect, LocaleSelect, TimezoneSelect } from "#app/components/client/locale-fields.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("clients", "admin", "common");

const VERTICALS = ["shopify", "b2b", "agency", "custom"] as const;
export const PLANS = ["quickwin", "essentials", "growth"] as const;

/** What an admin says of a client when it is taken in, and may change later; by field name. */
export interface ClientFieldValues {
  name: string;
  vertical: string;
  plan: string;
  locale: string;
  /** "" where nobody picked one. */
  currency: string;
  timezone: string;
  contactName: string | null;
  contactEmail: string | null;
  /** With commas between them. */
  tags: string;
}

export const CLIENT_FIELDS = [
  "name",
  "vertical",
  "plan",
  "locale",
  "currency",
  "timezone",
  "contactName",
  "contactEmail",
  "tags",
] as const satisfies readonly (keyof ClientFieldValues)[];

/** The fields of `ClientFieldValues`, in a grid of two columns where there is room. */
export function ClientFields({
  values,
  errors,
  timezones,
  unpicked,
  id,
}: {
  values: ClientFieldValues;
  errors: Readonly<Record<string, string>> | undefined;
  timezones: readonly string[];
  /** What a currency or time zone is where nobody picks one. */
  unpicked: { currency: string; timezone: string };
  /** The field of an id that is still to be given. */
  id?: ReactNode;
}) {
  const t = useWords();
  // One of them is named by its place: `tags.2`.
  const ofTags = Object.entries(errors ?? {}).find(([field]) => field.split(".")[0] === "tags")?.[1];
  return (
    <>
      <Field label={t("client.name")} error={errors?.name}>
        <Input name="name" maxLength={80} autoComplete="off" defaultValue={values.name} dir="auto" />
      </Field>
      {id}
      <div className="grid items-start gap-5 sm:grid-cols-2">
        <Field label={t("client.vertical")} error={errors?.vertical}>
          <Select
            name="vertical"
            defaultValue={values.vertical}
            options={VERTICALS.map((vertical) => ({ value: vertical, label: t(`admin:vertical.${vertical}`) }))}
          />
        </Field>
        <Field label={t("client.plan")} error={errors?.plan}>
          <Select
            name="plan"
            defaultValue={values.plan}
            options={PLANS.map((plan) => ({ value: plan, label: t(`common:plan.${plan}`) }))}
          />
        </Field>
        <LocaleSelect label={t("client.locale")} hint={t("client.localeHint")} value={values.locale} error={errors?.locale} />
        <TimezoneSelect
          label={t("client.timezone")}
          hint={t("client.timezoneHint")}
          value={values.timezone}
          timezones={timezones}
          unpicked={unpicked.timezone}
          error={errors?.timezone}
        />
        <CurrencySelect
          label={t("client.currency")}
          hint={t("client.currencyHint")}
          value={values.currency}
          unpicked={unpicked.currency}
          error={errors?.currency}
        />
        <Field label={t("record.tags")} hint={t("client.tagsHint")} required={false} error={ofTags}>
          <Input name="tags" maxLength={900} autoComplete="off" dir="auto" defaultValue={values.tags} />
        </Field>
        <Field label={t("client.contactName")} required={false} error={errors?.contactName}>
          <Input name="contactName" maxLength={60} autoComplete="off" dir="auto" defaultValue={values.contactName ?? ""} />
        </Field>
        <Field label={t("client.contactEmail")} required={false} error={errors?.contactEmail}>
          <Input name="contactEmail" type="email" maxLength={254} autoComplete="off" defaultValue={values.contactEmail ?? ""} />
        </Field>
      </div>
    </>
  );
}
