/** A shop's name, its address, or the address of its admin; what else it may be is for the server to say. */
export const SHOP_PATTERN =
  "(https://)?([A-Za-z0-9][A-Za-z0-9\\-]*(\\.[Mm][Yy][Ss][Hh][Oo][Pp][Ii][Ff][Yy]\\.[Cc][Oo][Mm])?|admin\\.shopify\\.com/store/[A-Za-z0-9\\-]+)/?";
