type PluralStem<T> = keyof T extends infer K ? (K extends `${infer Stem}_other` ? Stem : never) : never;

/**
 * What a translation of the English catalogue `T` must hold: every key of it, any wording. A counted key may add the
 * plural forms that English does not have (`_two` in Hebrew, `_many` in French).
 */
export type Translation<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : Translation<T[K]>;
} & { readonly [K in `${PluralStem<T>}_${"zero" | "two" | "few" | "many"}`]?: string };
