/**
 * The binding name of a D1 that holds tenants' rows. `DB` holds the directory too: people, and in which place each tenant's rows are
 * (`tenants.place`, the one thing that decides it).
 */
export type Place = "DB" | `DB_${string}`;

export const isPlace = (name: string): name is Place => /^DB(_[A-Z0-9]+)?$/.test(name);
