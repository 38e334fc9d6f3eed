CREATE TABLE `client_names` (
	`n` integer PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`known` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `client_names_tenantId_unique` ON `client_names` (`tenant_id`);--> statement-breakpoint
CREATE INDEX `client_names_unknown` ON `client_names` (`n`) WHERE known = 0;--> statement-breakpoint
DROP INDEX `tenants_name`;--> statement-breakpoint
CREATE VIRTUAL TABLE `client_search` USING fts5(`words`, content='', contentless_delete=1, tokenize='trigram');--> statement-breakpoint
INSERT INTO `client_names` (`tenant_id`) SELECT `id` FROM `tenants`;--> statement-breakpoint
CREATE TRIGGER `tenants_named` AFTER INSERT ON `tenants` BEGIN
  INSERT INTO `client_names` (`tenant_id`) VALUES (new.`id`);
END;--> statement-breakpoint
CREATE TRIGGER `tenants_renamed` AFTER UPDATE OF `name` ON `tenants` WHEN old.`name` IS NOT new.`name` BEGIN
  UPDATE `client_names` SET `known` = 0 WHERE `tenant_id` = new.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `tenants_gone` AFTER DELETE ON `tenants` BEGIN
  DELETE FROM `client_names` WHERE `tenant_id` = old.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `client_names_gone` AFTER DELETE ON `client_names` BEGIN
  DELETE FROM `client_search` WHERE rowid = old.`n`;
END;
