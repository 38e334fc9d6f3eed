import { Form } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { type PolicyMode, policyModes } from "#db/words/actions.ts";
import { currencies } from "#server/catalog/currencies.ts";
import type { AutomationState, Seat } from "./automation-state.ts";

const useWords = wordsOf("automations");

/** The limits that are money, in whole units of the currency as people write them. */
export type PolicyMoney = Readonly<Record<"stakeADay" | "largestStake" | "memberStake", string>>;

export interface PolicyFormProps {
  state: AutomationState;
  money: PolicyMoney;
  currency: string;
  seat: Seat;
  failure: FormFailure | undefined;
}

/**
 * How far an automation may go: its mode, each in a sentence; what it may use of a day; who decides; and when nobody is contacted. Of what it
 * never touches, customers or money, nothing is asked.
 */
export function PolicyForm({ state: { policy, started, touches }, money, currency, seat, failure }: PolicyFormProps) {
  const t = useWords();
  const off = !seat.sets;
  const contacts = touches.includes("customer");
  const spends = touches.includes("money");
  /** What is written over nothing else. */
  const shown = JSON.stringify(policy);
  const number = (name: "actionsADay" | "peopleADay") => (
    <Field label={t(`policy.${name}`)} error={failure?.fields[name]}>
      <Input name={name} type="number" min={0} max={100_000} defaultValue={failure?.values[name] ?? policy[name]} disabled={off} />
    </Field>
  );
  const amount = (name: keyof PolicyMoney, hint: string) => (
    <Field label={t(`policy.${name}`, { currency })} hint={hint} error={failure?.fields[name]}>
      <Input
        name={name}
        type="number"
        min={0}
        step={10 ** -(currencies.get(currency) ?? 0)}
        defaultValue={failure?.values[name] ?? money[name]}
        disabled={off}
      />
    </Field>
  );
  return (
    <Form method="post" className="grid gap-6">
      {/* Anew for each policy that is shown; the button is not, so that it keeps the focus. */}
      <div key={shown} className="contents">
        <input type="hidden" name="was" value={shown} />
        <Modes mode={policy.mode} given={failure?.values.mode} disabled={off} error={failure?.fields.mode} />
        <Part title={t("policy.limits")} hint={t("policy.limitsHint")}>
          {number("actionsADay")}
          {contacts && number("peopleADay")}
          {spends && amount("stakeADay", t("policy.stakeADayHint"))}
          {spends && amount("largestStake", t("policy.largestStakeHint"))}
        </Part>
        {contacts && (
          <Part title={t("policy.quiet")} hint={t("policy.quietHint")}>
            <Field label={t("policy.quietFrom")} error={failure?.fields.quietFrom}>
              <Input name="quietFrom" type="time" defaultValue={failure?.values.quietFrom ?? policy.quietFrom} disabled={off} />
            </Field>
            <Field label={t("policy.quietTo")} error={failure?.fields.quietTo}>
              <Input name="quietTo" type="time" defaultValue={failure?.values.quietTo ?? policy.quietTo} disabled={off} />
            </Field>
          </Part>
        )}
        <Part title={t("policy.people")}>
          {spends && amount("memberStake", t("policy.memberStakeHint"))}
          <Checkbox
            name="staffDecides"
            value="1"
            defaultChecked={policy.staffDecides}
            disabled={off || seat.staff}
            className={cn("self-start", spends && "sm:mt-7")}
            label={t(seat.staff ? "policy.staffDecidesForStaff" : "policy.staffDecides")}
            hint={seat.staff ? t("policy.staffOnly") : undefined}
          />
        </Part>
        {contacts && (
          <Part title={t("policy.holdoutTitle")} hint={t("policy.holdoutHint")}>
            <Holdout share={policy.holdout} started={started} disabled={off} failure={failure} />
            <Field label={t("policy.effectPoints")} hint={t("policy.effectHint")} error={failure?.fields.effectPoints}>
              <Input
                name="effectPoints"
                type="number"
                min={1}
                max={50}
                defaultValue={failure?.values.effectPoints ?? policy.effectPoints}
                disabled={off}
              />
            </Field>
          </Part>
        )}
      </div>
      {/* Beside the button: the form is taller than a screen. */}
      <FormMessage failure={failure} />
      {seat.sets && (
        <div>
          <SubmitButton name="intent" value="policy">
            {t("policy.save")}
          </SubmitButton>
        </div>
      )}
    </Form>
  );
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <fieldset className="grid items-start gap-x-6 gap-y-4 border-t border-line pt-5 sm:grid-cols-2">
      <legend className="contents">
        <span className="sm:col-span-2">
          <span className="block text-sm font-semibold text-ink">{title}</span>
          {hint && <span className="mt-0.5 block text-[0.8125rem] text-ink-muted">{hint}</span>}
        </span>
      </legend>
      {children}
    </fieldset>
  );
}

/** An automation that is off begins in shadow: the modes beyond are shown, and cannot be chosen yet. */
function Modes({
  mode,
  given,
  disabled,
  error,
}: {
  mode: PolicyMode;
  given: string | undefined;
  disabled: boolean;
  error: string | undefined;
}) {
  const t = useWords();
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-semibold text-ink">{t("policy.mode")}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {policyModes.map((each) => {
          const later = mode === "off" && (each === "approve" || each === "auto");
          return (
            <label
              key={each}
              className={cn(
                "flex items-start gap-3 rounded-control border border-line-strong px-3.5 py-3 text-sm transition-colors has-checked:border-accent has-checked:bg-accent-soft",
                later || disabled ? "opacity-60" : "cursor-pointer hover:bg-hover",
              )}
            >
              <input
                type="radio"
                name="mode"
                value={each}
                defaultChecked={each === (given ?? mode)}
                disabled={disabled || later}
                className="mt-0.5 size-4.5 shrink-0 appearance-none rounded-full border border-line-control bg-sunken transition-[border-color,border-width] checked:border-5 checked:border-accent"
              />
              <span>
                <span className="block font-medium text-ink">{t(`mode.${each}`)}</span>
                <span className="block text-[0.8125rem] text-ink-muted">{t(`modeMeans.${each}`)}</span>
                {later && <span className="mt-0.5 block text-[0.8125rem] text-ink-faint">{t("shadowFirst")}</span>}
              </span>
            </label>
          );
        })}
      </div>
      {error && <p className="mt-2 text-[0.8125rem] text-danger">{error}</p>}
    </fieldset>
  );
}

/** Who is left alone is fixed while it is on: until then the share is asked for. 0 is warned of, before and after. */
function Holdout({
  share,
  started,
  disabled,
  failure,
}: {
  share: number;
  started: boolean;
  disabled: boolean;
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const [typed, setTyped] = useState(failure?.values.holdout ?? String(share));
  return (
    <Field
      label={t("policy.holdout")}
      hint={
        Number(typed) === 0 ? <span className="text-warn">{t("policy.holdoutZero")}</span> : started ? t("policy.holdoutFixed") : undefined
      }
      error={failure?.fields.holdout}
    >
      <Input
        name="holdout"
        type="number"
        min={0}
        max={50}
        defaultValue={failure?.values.holdout ?? share}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        disabled={disabled || started}
      />
    </Field>
  );
}
