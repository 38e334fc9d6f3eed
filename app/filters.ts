/** What a list's address asks for, without the fields that were left empty. */
export function filtersOf<const K extends string>(request: Request, keys: readonly K[]): Partial<Record<K, string>> {
  const { searchParams } = new URL(request.url);
  return Object.fromEntries(keys.flatMap((key) => [[key, searchParams.get(key)?.trim()]]).filter(([, value]) => value)) as Partial<
    Record<K, string>
  >;
}

/** One of the choices, or undefined for anything else that an address may say. */
export const choiceOf = <const C extends string>(value: string | undefined, choices: readonly C[]): C | undefined =>
  choices.find((choice) => choice === value);
