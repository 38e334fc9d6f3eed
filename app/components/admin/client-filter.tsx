import { useLocation } from "@remix-run/react";
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { PickedClient } from "#app/portal/pick-client.ts";

const useWords = wordsOf("admin");

/** So long after the last key a name is looked for. */
const PAUSE_MS = 150;

/**
 * Narrows a list to one client, by any part of its name: the browser offers what the fleet's search finds, and what is sent without it is
 * looked up by the page. Where several clients fit they stand below the fields as links.
 */
export function ClientFilter({ picked: { text, choices } }: { picked: PickedClient }) {
  const t = useWords();
  const list = useId();
  const { offers, look } = useOffers();
  return (
    <>
      <Field label={t("filter.client")} className="sm:w-60!">
        <Input
          name="client"
          required={false}
          maxLength={125}
          placeholder={t("filter.clientHint")}
          autoCapitalize="none"
          autoComplete="off"
          dir="auto"
          list={list}
          defaultValue={text}
          onInput={look}
          onKeyDown={applyOnEnter}
        />
      </Field>
      <datalist id={list}>
        {offers.map((offer) => (
          <option key={offer} value={offer} />
        ))}
      </datalist>
      {choices.length > 0 && <Choices text={text ?? ""} choices={choices} />}
    </>
  );
}

function Choices({ text, choices }: Required<Pick<PickedClient, "choices">> & { text: string }) {
  const t = useWords();
  const { pathname, search } = useLocation();
  const addressOf = (client: string) => {
    const asked = new URLSearchParams(search);
    asked.delete("cursor");
    asked.set("client", client);
    return `${pathname}?${asked}`;
  };
  return (
    <div className="order-last col-span-full flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm sm:w-full!">
      <p className="text-ink-muted">{t("filter.several", { text: isolate(text) })}</p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {choices.map(({ id, name }) => (
          <li key={id}>
            <Link to={addressOf(id)} className="link">
              <bdi>{name}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Without a button a form of several fields is not sent by Enter. */
function applyOnEnter(event: KeyboardEvent<HTMLInputElement>) {
  if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

/** What the fleet's search finds for what is typed. Looked for only once somebody types, and never for what a browser has just put in. */
function useOffers(): { offers: readonly string[]; look: (event: FormEvent<HTMLInputElement>) => void } {
  const [offers, setOffers] = useState<readonly string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef("");
  const look = (event: FormEvent<HTMLInputElement>) => {
    const { value } = event.currentTarget;
    const search = value.trim();
    latest.current = search;
    clearTimeout(timer.current);
    if (search === "" || offers.includes(value)) return;
    // Half a name is applied by Enter alone: the list does not change at each letter, nor the field under who types.
    event.stopPropagation();
    timer.current = setTimeout(async () => {
      const { api } = await import("#app/api.client.ts");
      // Without an answer nothing is offered: the form finds the client too.
      const found = await api.clients.pick.query({ search }).catch(() => []);
      if (latest.current === search) setOffers(found.map(({ id, name }) => `${name} (${id})`));
    }, PAUSE_MS);
  };
  return { offers, look };
}
