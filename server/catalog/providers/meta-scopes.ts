import type { ScopeSet } from "#server/catalog/provider.ts";

/**
 * Every permission of Meta's Permissions Reference (list of 2026-08-13). One unknown name makes the whole dialog fail with "Invalid
 * Scopes", so names that older guides still give (`manage_pages`, `ads_insights`, `offline_access`) are not among them.
 */
export const metaPermissions: readonly string[] = [
  ...["public_profile", "email"],
  ...["ads_management", "ads_read", "ads_mcp_management", "attribution_read", "read_insights", "read_audience_network_insights"],
  ...["business_management", "catalog_management"],
  ...["commerce_manage_accounts", "commerce_account_manage_orders", "commerce_account_read_orders"],
  ...["commerce_account_read_reports", "commerce_account_read_settings"],
  ...["leads_retrieval"],
  ...["pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_posts", "pages_manage_engagement"],
  ...["pages_manage_metadata", "pages_manage_ads", "pages_manage_cta", "pages_manage_instant_articles", "pages_messaging"],
  ...["pages_utility_messaging", "pages_events", "pages_user_gender", "pages_user_locale", "pages_user_timezone", "publish_video"],
  ...["instagram_basic", "instagram_business_basic", "instagram_content_publish", "instagram_business_content_publish"],
  ...["instagram_manage_comments", "instagram_business_manage_comments", "instagram_manage_insights", "instagram_manage_messages"],
  ...["instagram_business_manage_messages", "instagram_manage_events", "instagram_manage_upcoming_events"],
  ...["instagram_manage_contents", "instagram_manage_engagement", "instagram_shopping_tag_products"],
  ...["instagram_branded_content_brand", "instagram_branded_content_ads_brand", "instagram_branded_content_creator"],
  ...["instagram_creator_marketplace_discovery", "instagram_creator_marketplace_messaging"],
  ...["whatsapp_business_management", "whatsapp_business_messaging", "whatsapp_business_manage_events"],
  ...["threads_basic", "threads_business_basic", "threads_content_publish", "threads_delete", "threads_read_replies"],
  ...["threads_manage_replies", "threads_manage_mentions", "threads_manage_insights", "threads_keyword_search"],
  ...["threads_location_tagging", "threads_profile_discovery", "threads_share_to_instagram", "threads_user_id"],
  ...["manage_app_solutions", "manage_fundraisers"],
  ...["user_age_range", "user_birthday", "user_friends", "user_gender", "user_hometown", "user_likes", "user_link", "user_location"],
  ...["user_messenger_contact", "user_photos", "user_posts", "user_videos"],
  ...["gaming_profile", "gaming_user_locale", "developer_tools_mcp_app_read", "developer_tools_mcp_app_management"],
];

/** What everything about a page needs to find the page. */
const pages = ["pages_show_list", "pages_read_engagement"];

/** Meta's permissions by what a client gets for them. A permission may stand in several: each set is whole by itself. */
export const metaScopeSets: readonly ScopeSet[] = [
  {
    id: "figures",
    title: { en: "Ad metrics", fr: "Chiffres des publicités", he: "נתוני פרסום" },
    scopes: ["ads_read", "business_management"],
    default: true,
  },
  {
    id: "pages",
    title: { en: "Pages and their metrics", fr: "Pages et leurs chiffres", he: "דפים והנתונים שלהם" },
    scopes: [...pages, "read_insights"],
    default: true,
  },
  {
    id: "advertising",
    title: { en: "Managing ads", fr: "Gestion des publicités", he: "ניהול מודעות" },
    // Depends on the two of pages.
    scopes: ["ads_management", "business_management", ...pages],
    default: false,
  },
  {
    id: "catalogue",
    title: { en: "Product catalogue", fr: "Catalogue de produits", he: "קטלוג מוצרים" },
    scopes: ["catalog_management", "business_management"],
    default: false,
  },
  {
    id: "leads",
    title: { en: "Leads from forms", fr: "Prospects des formulaires", he: "לידים מטפסים" },
    scopes: ["leads_retrieval", "pages_manage_metadata", ...pages],
    default: false,
  },
  {
    id: "publishing",
    title: { en: "Posts and comments on pages", fr: "Publications et commentaires des pages", he: "פוסטים ותגובות בדפים" },
    scopes: ["pages_manage_posts", "pages_manage_engagement", "pages_read_user_content", ...pages],
    default: false,
  },
  {
    id: "messages",
    title: { en: "Messages to pages", fr: "Messages aux pages", he: "הודעות לדפים" },
    scopes: ["pages_messaging", "pages_manage_metadata", ...pages],
    default: false,
  },
  {
    id: "instagram",
    title: { en: "Instagram metrics", fr: "Chiffres d’Instagram", he: "נתוני אינסטגרם" },
    scopes: ["instagram_basic", "instagram_manage_insights", ...pages],
    default: false,
  },
  {
    id: "instagram-publishing",
    title: {
      en: "Instagram posts, comments and messages",
      fr: "Publications, commentaires et messages Instagram",
      he: "פוסטים, תגובות והודעות באינסטגרם",
    },
    scopes: ["instagram_basic", "instagram_content_publish", "instagram_manage_comments", "instagram_manage_messages", ...pages],
    default: false,
  },
  {
    id: "whatsapp",
    title: { en: "WhatsApp", fr: "WhatsApp", he: "WhatsApp" },
    scopes: ["whatsapp_business_management", "whatsapp_business_messaging"],
    default: false,
  },
  {
    id: "threads",
    title: { en: "Threads", fr: "Threads", he: "Threads" },
    scopes: ["threads_basic", "threads_content_publish", "threads_manage_insights", "threads_read_replies", "threads_manage_replies"],
    default: false,
  },
  {
    id: "commerce",
    title: { en: "Shop orders and reports", fr: "Commandes et rapports de la boutique", he: "הזמנות ודוחות החנות" },
    scopes: ["commerce_account_read_orders", "commerce_account_read_reports", "commerce_account_read_settings"],
    default: false,
  },
];
