import { Plug, Plus, Settings, Unplug } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { CodeInput } from "#app/components/ui/code-input.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { CopyButton } from "#app/components/ui/copy-button.tsx";
import { DropdownMenu } from "#app/components/ui/dropdown-menu.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { MenuButton, MenuLabel, MenuLink, MenuSeparator } from "#app/components/ui/menu-items.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { Textarea } from "#app/components/ui/textarea.tsx";
import { Group, Row } from "./panel.tsx";
import { SAMPLES } from "./samples.ts";

const VARIANTS = ["primary", "secondary", "ghost", "danger"] as const;
const SIZES = ["sm", "md", "lg"] as const;

/** What is pressed. */
export const Buttons = () => (
  <Group id="buttons" title="Buttons">
    {(locale) => {
      const { connect, disconnect, pages, title, body } = SAMPLES[locale];
      return (
        <>
          {SIZES.map((size) => (
            <Row key={size}>
              {VARIANTS.map((variant) => (
                <Button key={variant} variant={variant} size={size}>
                  {variant === "danger" ? disconnect : connect}
                </Button>
              ))}
            </Row>
          ))}
          <Row>
            <Button variant="primary">
              <Plus aria-hidden />
              {connect}
            </Button>
            <Button pending>{connect}</Button>
            <Button disabled>{connect}</Button>
            <Button size="icon" aria-label={pages[2]}>
              <Settings aria-hidden />
            </Button>
            <CopyButton value="run_0" />
          </Row>
          <Row>
            <ConfirmButton variant="ghost" title={`${disconnect}?`} description={body} confirmLabel={disconnect} fields={{}}>
              <Unplug aria-hidden />
              {disconnect}
            </ConfirmButton>
            <DropdownMenu trigger={<span className="px-3 py-2 text-sm">{title}</span>}>
              <MenuLabel>{title}</MenuLabel>
              <MenuLink to="/admin/design" icon={Plug}>
                {connect}
              </MenuLink>
              <MenuSeparator />
              <MenuButton type="button" icon={Unplug}>
                {disconnect}
              </MenuButton>
            </DropdownMenu>
          </Row>
        </>
      );
    }}
  </Group>
);

/** What is filled in. */
export const Forms = () => (
  <Group id="forms" title="Forms">
    {(locale) => {
      const { name, hint, error, placeholder, choices } = SAMPLES[locale];
      const options = choices.map((label) => ({ value: label, label }));
      return (
        <form className="grid gap-4 sm:grid-cols-2">
          <Field label={name} hint={hint}>
            <Input placeholder={placeholder} />
          </Field>
          <Field label={name} error={error}>
            <Input defaultValue=" " />
          </Field>
          <Field label={name} required={false}>
            <Input required={false} defaultValue={placeholder} dir="auto" />
          </Field>
          <Field label={name}>
            <Input disabled defaultValue={placeholder} />
          </Field>
          <Field label={name}>
            <Select options={options} />
          </Field>
          <Field label={name}>
            <Input type="email" placeholder="you@shop.example" />
          </Field>
          <Field label={name} className="sm:col-span-2">
            <Textarea rows={2} placeholder={placeholder} />
          </Field>
          <Field label={name} className="sm:col-span-2">
            <CodeInput />
          </Field>
          <Checkbox label={choices[0]} hint={hint} defaultChecked />
          <Checkbox label={choices[1]} disabled />
        </form>
      );
    }}
  </Group>
);
