export { compareNewestFirst, isVersionAtLeast, newestVersion } from "./version-order.ts";
