import { Form } from "@remix-run/react";
import { X } from "lucide-react";
import { type ReactNode, useContext } from "react";
import { Button, type ButtonProps, buttonClass } from "#app/components/ui/button.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { ReadOnly } from "#app/components/ui/read-only.ts";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("approvals");

/** A no, with room for why: a fold that opens without JavaScript. Open ones close each other. */
export function RejectFold({
  item,
  shadow,
  size,
  className,
}: { item: string; shadow: boolean; className?: string } & Pick<ButtonProps, "size">) {
  const t = useWords();
  const label = t(shadow ? "disagree" : "reject");
  return (
    <Fold label={label} size={size} className={className}>
      <Form method="post" preventScrollReset className="grid gap-3">
        <input type="hidden" name="decision" value="reject" />
        <input type="hidden" name="item" value={item} />
        <Reason />
        <div>
          <SubmitButton variant={shadow ? "secondary" : "danger"} name={`reject ${item}`} value="1">
            {label}
          </SubmitButton>
        </div>
      </Form>
    </Fold>
  );
}

/** The same of all that is ticked: `form` is theirs. Enter in its field sends nothing. */
export function RejectAll({ form, shadow, disabled }: { form: string; shadow: boolean; disabled: boolean }) {
  const t = useWords();
  const label = t(shadow ? "bulk.disagree" : "bulk.reject");
  return (
    <Fold label={label} size="sm" disabled={disabled}>
      <div className="grid gap-3">
        <Reason form={form} />
        <div>
          <SubmitButton form={form} variant={shadow ? "secondary" : "danger"} name="decision" value="reject" disabled={disabled}>
            {label}
          </SubmitButton>
        </div>
      </div>
    </Fold>
  );
}

function Reason({ form }: { form?: string }) {
  const t = useWords();
  return (
    <Field label={t("reason")} hint={t("reasonHint")} required={false}>
      <Input name="reason" form={form} maxLength={500} dir="auto" autoComplete="off" />
    </Field>
  );
}

function Fold({
  label,
  size,
  disabled = false,
  className,
  children,
}: {
  label: string;
  disabled?: boolean;
  className?: string;
  children: ReactNode;
} & Pick<ButtonProps, "size">) {
  const readOnly = useContext(ReadOnly);
  const face = (
    <>
      <X aria-hidden />
      {label}
    </>
  );
  if (readOnly || disabled) {
    return (
      <Button size={size} disabled className={className}>
        {face}
      </Button>
    );
  }
  return (
    <details name="reject" data-key="r" className={cn("relative", className)}>
      <summary className={cn(buttonClass({ size }), "w-full")}>{face}</summary>
      <div className="pop absolute end-0 z-20 mt-2 w-72 max-w-[calc(100vw-4rem)] rounded-card p-4 text-start text-sm whitespace-normal">
        {children}
      </div>
    </details>
  );
}
