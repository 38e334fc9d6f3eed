import { FilterForm } from "#app/components/find/filter-form.tsx";
import { STATUSES } from "#app/components/runs/run-status.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("runs");

/** Which runs are listed. */
export function RunFilter({ job, status }: { job: string | undefined; status: string | undefined }) {
  const t = useWords();
  const { jobs } = useTenant();
  return (
    <FilterForm active={Boolean(job || status)}>
      <Field label={t("runs.job")}>
        <Select
          name="job"
          required={false}
          defaultValue={job ?? ""}
          options={[{ value: "", label: t("runs.anyJob") }, ...jobs.map(({ id, title }) => ({ value: id, label: title }))]}
        />
      </Field>
      <Field label={t("runs.status")}>
        <Select
          name="status"
          required={false}
          defaultValue={status ?? ""}
          options={[{ value: "", label: t("runs.anyStatus") }, ...STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))]}
        />
      </Field>
    </FilterForm>
  );
}
