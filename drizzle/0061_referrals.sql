CREATE TABLE `referral_codes` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`code` text NOT NULL,
	`customer_id` text NOT NULL,
	`ends_at` integer NOT NULL,
	`action_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `code`)
);
--> statement-breakpoint
CREATE INDEX `referral_codes_customer` ON `referral_codes` (`tenant_id`,`connection_id`,`customer_id`,`ends_at`);--> statement-breakpoint
CREATE TABLE `referrals` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`order_id` text NOT NULL,
	`code` text NOT NULL,
	`referrer_id` text NOT NULL,
	`friend_id` text,
	`placed_at` integer NOT NULL,
	`value_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`judged_at` integer,
	`household` text,
	`action_id` text,
	PRIMARY KEY(`tenant_id`, `connection_id`, `order_id`),
	CONSTRAINT "state_known" CHECK("state" = 'found' or "state" = 'rewarded' or "state" = 'refused')
);
--> statement-breakpoint
CREATE INDEX `referrals_referrer` ON `referrals` (`tenant_id`,`connection_id`,`referrer_id`,`state`,`placed_at`);--> statement-breakpoint
CREATE INDEX `referrals_friend` ON `referrals` (`tenant_id`,`connection_id`,`friend_id`,`state`);--> statement-breakpoint
CREATE INDEX `referrals_open` ON `referrals` (`tenant_id`,`connection_id`,`placed_at`,`order_id`) WHERE state = 'found';--> statement-breakpoint
CREATE INDEX `order_contents_coded` ON `order_contents` (`tenant_id`,`connection_id`,`external_id`,`codes`) WHERE codes <> '[]';