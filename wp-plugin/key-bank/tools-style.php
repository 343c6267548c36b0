<?php
/**
 * The styles of the Tools screen, on that screen alone; the rest of its looks is WordPress' own.
 *
 * @package KeyBank
 */

namespace KeyBank;

defined( 'ABSPATH' ) || exit;

function tools_style(): void {
	?>
<style>
.keybank { max-width: 1100px; }
.keybank-head { display: flex; gap: 12px; margin: 16px 0; padding: 16px 20px; background: #fff; border: 1px solid #c3c4c7; border-left: 6px solid; }
.keybank-good { border-left-color: #00a32a; }
.keybank-warn { border-left-color: #dba617; }
.keybank-bad { border-left-color: #d63638; }
.keybank-head > .dashicons { flex: none; width: 28px; height: 28px; font-size: 28px; line-height: 28px; }
.keybank-good > .dashicons { color: #00a32a; }
.keybank-warn > .dashicons { color: #996800; }
.keybank-bad > .dashicons { color: #d63638; }
.keybank-head > div { min-width: 0; }
.keybank .keybank-sentence { margin: 0; font-size: 20px; line-height: 28px; font-weight: 600; }
.keybank-head p, .keybank-head ul { margin: 8px 0 0; font-size: 14px; overflow-wrap: anywhere; }
.keybank-lines { margin: 8px 0 0; padding: 10px 12px; overflow-x: auto; background: #f0f0f1; font-size: 13px; user-select: all; -webkit-user-select: all; }
.keybank-buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 0 0 20px; }
.keybank-cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 16px; margin: 20px 0; }
.keybank-cards .postbox { margin: 0; min-width: 0; padding: 0 16px 12px; }
.keybank-cards h2 { margin: 12px 0 6px; font-size: 14px; }
.keybank-cards table { width: 100%; border-collapse: collapse; }
.keybank-cards th, .keybank-cards td { padding: 5px 0; border-top: 1px solid #f0f0f1; text-align: left; vertical-align: top; line-height: 1.4; }
.keybank-cards th { width: 50%; padding-right: 12px; font-weight: 400; color: #50575e; }
.keybank-cards td { position: relative; padding-left: 20px; overflow-wrap: anywhere; }
.keybank-yes::before, .keybank-no::before { position: absolute; left: 0; font-weight: 700; }
.keybank-yes::before { content: "\2713"; color: #00781f; }
.keybank-no::before { content: "\26A0"; color: #8a5d00; }
.keybank-rows td { overflow-wrap: anywhere; }
.keybank-rows td:first-child { font-weight: 600; white-space: nowrap; }
.keybank-rows th { white-space: nowrap; }
@media (max-width: 782px) {
	.keybank-rows thead { display: none; }
	.keybank-rows tr { display: block; padding: 6px 0; }
	.keybank .keybank-rows td { display: grid; grid-template-columns: 7.5em minmax(0, 1fr); padding: 3px 10px; }
	.keybank-rows td::before { content: attr(data-colname); font-weight: 400; color: #50575e; }
}
</style>
	<?php
}
