CREATE TABLE `occurrences` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`order_id` text,
	`at` integer NOT NULL,
	`noticed_at` integer NOT NULL,
	`facts` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `occurrences_once` ON `occurrences` (`tenant_id`,`connection_id`,`subject`,`kind`,`at`);--> statement-breakpoint
CREATE INDEX `occurrences_heard` ON `occurrences` (`tenant_id`,`seq`);--> statement-breakpoint
CREATE INDEX `occurrences_noticed` ON `occurrences` (`noticed_at`,`tenant_id`);--> statement-breakpoint
ALTER TABLE `order_contents` ADD `paid` integer;