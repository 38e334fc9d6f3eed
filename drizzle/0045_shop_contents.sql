CREATE TABLE `customers` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`external_id` text NOT NULL,
	`orders` integer NOT NULL,
	`spent_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`mail_consent` text NOT NULL,
	`sms_consent` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `external_id`),
	CONSTRAINT "mail_consent_known" CHECK("mail_consent" = 'subscribed' or "mail_consent" = 'unsubscribed' or "mail_consent" = 'not_subscribed' or "mail_consent" = 'pending' or "mail_consent" = 'redacted' or "mail_consent" = 'invalid' or "mail_consent" = 'none' or "mail_consent" = 'unknown'),
	CONSTRAINT "sms_consent_known" CHECK("sms_consent" = 'subscribed' or "sms_consent" = 'unsubscribed' or "sms_consent" = 'not_subscribed' or "sms_consent" = 'pending' or "sms_consent" = 'redacted' or "sms_consent" = 'invalid' or "sms_consent" = 'none' or "sms_consent" = 'unknown')
);
--> statement-breakpoint
CREATE TABLE `order_contents` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`external_id` text NOT NULL,
	`updated_at` integer NOT NULL,
	`lines` text NOT NULL,
	`codes` text NOT NULL,
	`fulfilments` text NOT NULL,
	`delivered_at` integer,
	PRIMARY KEY(`tenant_id`, `connection_id`, `external_id`)
);
--> statement-breakpoint
CREATE INDEX `order_contents_delivered` ON `order_contents` (`tenant_id`,`connection_id`,`delivered_at`);--> statement-breakpoint
CREATE TABLE `products` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`external_id` text NOT NULL,
	`title` text NOT NULL,
	`handle` text NOT NULL,
	`status` text NOT NULL,
	`vendor` text NOT NULL,
	`type` text NOT NULL,
	`url` text,
	`updated_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `external_id`)
);
--> statement-breakpoint
CREATE TABLE `variant_prices` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`since` integer NOT NULL,
	`price_minor` integer NOT NULL,
	`compare_at_minor` integer,
	`currency` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `variant_id`, `since`)
);
--> statement-breakpoint
CREATE TABLE `variants` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`external_id` text NOT NULL,
	`product_id` text NOT NULL,
	`title` text NOT NULL,
	`sku` text,
	`price_minor` integer NOT NULL,
	`compare_at_minor` integer,
	`currency` text NOT NULL,
	`stock` integer,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `external_id`)
);
--> statement-breakpoint
CREATE INDEX `variants_product` ON `variants` (`tenant_id`,`connection_id`,`product_id`);