import { Form } from "@remix-run/react";
import { ExternalLink, Pencil } from "lucide-react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { buttonClass } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Textarea } from "#app/components/ui/textarea.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Action } from "./listed-action.ts";

const useWords = wordsOf("approvals");

type Step = Action["steps"][number];
type EditField = Step["edits"][number];

const TONES: Record<Step["status"], Tone> = {
  pending: "neutral",
  begun: "info",
  done: "ok",
  failed: "danger",
  voided: "neutral",
  undone: "neutral",
};

/** One step: its sentence, what exactly, and the form that changes it where `edits`. */
export function StepCard({
  step,
  hash,
  chain,
  edits,
  failure,
}: {
  step: Step;
  hash: string;
  /** One of several: it has a number, and says how it stands. */
  chain: boolean;
  edits: boolean;
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const { locale } = useDisplay();
  const { place, kind, title, sentence, fields, status, provider, receipt } = step;
  const name = title?.[locale] ?? kind;
  return (
    <Card
      title={chain ? `${place + 1}. ${name}` : name}
      actions={status !== "pending" && <Badge tone={TONES[status]}>{t(`step.state.${status}`)}</Badge>}
    >
      <p className="max-w-[72ch] text-sm text-ink-muted [overflow-wrap:anywhere]">{sentence?.[locale] ?? t("step.unreadable")}</p>
      {(fields.length > 0 || receipt) && (
        <div className="mt-4 border-t border-line pt-4">
          <DescriptionList
            small
            items={[
              ...fields.map(({ label, value }) => ({ term: label[locale], value: <bdi className="whitespace-pre-line">{value}</bdi> })),
              ...(receipt?.id
                ? [
                    {
                      term: t("step.receipt"),
                      value: (
                        <code dir="ltr" className="font-mono">
                          {receipt.id}
                        </code>
                      ),
                    },
                  ]
                : []),
            ]}
          />
          {receipt?.url && (
            <a href={receipt.url} target="_blank" rel="noreferrer" className="link mt-3 inline-flex items-center gap-1.5 text-[0.8125rem]">
              {t("step.open", { provider: provider ?? kind })}
              <ExternalLink aria-hidden className="size-3.5" />
            </a>
          )}
        </div>
      )}
      {edits && step.edits.length > 0 && <EditFold step={step} hash={hash} chain={chain} failure={failure} />}
    </Card>
  );
}

function EditFold({
  step: { place, edits },
  hash,
  chain,
  failure,
}: {
  step: Step;
  hash: string;
  chain: boolean;
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const shown = failure?.intent === "edit" && failure.values.place === String(place) ? failure : undefined;
  const said = new Set(edits.map((field) => errorOf(field, shown)));
  const others = Object.values(shown?.fields ?? {}).filter((error) => !said.has(error));
  return (
    <details className="mt-4 border-t border-line pt-4" open={shown !== undefined}>
      <summary className={cn(buttonClass({ size: "sm" }), "w-fit")}>
        <Pencil aria-hidden />
        {t("edit.open")}
      </summary>
      <Form method="post" preventScrollReset className="mt-4 grid max-w-xl gap-4">
        <input type="hidden" name="place" value={place} />
        <input type="hidden" name="hash" value={hash} />
        <FormMessage failure={shown && { ...shown, message: shown.message ?? others[0] ?? null }} />
        {edits.map((field) => (
          <EditInput key={`${field.path} ${field.value}`} field={field} failure={shown} />
        ))}
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <SubmitButton variant="secondary" name="intent" value="edit">
            {t("edit.save")}
          </SubmitButton>
          <p className="text-[0.8125rem] text-ink-faint">{t(chain ? "edit.chain" : "edit.hint")}</p>
        </div>
      </Form>
    </details>
  );
}

/** Of an amount the schema names its number, of what may be one of two shapes the whole. */
const errorOf = ({ path }: EditField, failure: FormFailure | undefined): string | undefined =>
  failure?.fields[path] ?? failure?.fields[`${path}.minor`] ?? failure?.fields[path.split(".")[0] ?? path];

function EditInput({ field, failure }: { field: EditField; failure: FormFailure | undefined }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { path, label, type, value, currency } = field;
  const given = failure?.values[path];
  const hint = type === "instant" ? t("edit.utc") : currency === null ? undefined : t("edit.currency", { currency });
  return (
    <Field label={label[locale]} hint={hint} error={errorOf(field, failure)}>
      {type === "lines" ? (
        <Textarea name={path} rows={5} defaultValue={given ?? value} dir="auto" />
      ) : (
        <Input
          name={path}
          type={type === "instant" ? "datetime-local" : type === "text" ? "text" : "number"}
          step={type === "number" || type === "money" ? "any" : undefined}
          defaultValue={given ?? (type === "instant" ? value.slice(0, 16) : value)}
          dir={type === "text" ? "auto" : undefined}
          className={type === "text" ? undefined : "sm:max-w-60"}
        />
      )}
    </Field>
  );
}
