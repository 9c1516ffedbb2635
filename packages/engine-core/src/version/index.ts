export { isVersionAtLeast, newestFirst, newestVersion } from "./version-order.ts";
