/** Codes by how many decimals their minor unit has: ISO 4217, list one of 2026. */
const present: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN
    PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
    UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};
/** The same of list three, those that a shop's history may hold. */
const withdrawn: Readonly<Record<number, string>> = {
  0: "BYR TRL",
  2: "ANG BGN CUC CYP EEK GHC HRK LTL LVL MRO MTL SKK SLL STD TMM VEB VEF ZMK ZWD ZWL",
};
const read = (codes: Readonly<Record<number, string>>) =>
  Object.entries(codes).flatMap(([digits, list]) => list.split(/\s+/).map((code) => [code, Number(digits)] as const));

/**
 * Currency code -> decimals of its minor unit: GBP 2, JPY 0, KWD 3. The one table of server and browser: what runtimes know of
 * currencies is language data, which differs between workerd, Node and browsers (HUF has 0 decimals in some and 2 in others).
 */
export const currencies: ReadonlyMap<string, number> = new Map([...read(present), ...read(withdrawn)]);

/** Those that somebody may choose, sorted. */
export const currenciesInUse: readonly string[] = read(present)
  .map(([code]) => code)
  .sort();
