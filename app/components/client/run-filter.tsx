import { Form } from "@remix-run/react";
import { ListFilter } from "lucide-react";
import { STATUSES } from "#app/components/runs/run-status.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("runs");

/** Which runs are listed: a GET form, so that a choice has an address. */
export function RunFilter({ job, status }: { job: string | undefined; status: string | undefined }) {
  const t = useWords();
  const { jobs } = useTenant();
  return (
    // A new choice by link must show in the selects.
    <Form key={`${job} ${status}`} method="get" className="mb-4 flex flex-wrap items-end gap-3">
      <Field label={t("runs.job")} className="min-w-40 flex-1 sm:max-w-56">
        <Select
          name="job"
          required={false}
          defaultValue={job ?? ""}
          options={[{ value: "", label: t("runs.anyJob") }, ...jobs.map(({ id, title }) => ({ value: id, label: title }))]}
        />
      </Field>
      <Field label={t("runs.status")} className="min-w-40 flex-1 sm:max-w-56">
        <Select
          name="status"
          required={false}
          defaultValue={status ?? ""}
          options={[{ value: "", label: t("runs.anyStatus") }, ...STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))]}
        />
      </Field>
      <div className="flex gap-2">
        <Button type="submit">
          <ListFilter aria-hidden />
          {t("runs.filter")}
        </Button>
        {(job || status) && (
          <Button asChild variant="ghost">
            <Link to=".">{t("runs.clear")}</Link>
          </Button>
        )}
      </div>
    </Form>
  );
}
