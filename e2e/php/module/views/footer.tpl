<script async src="//static-sb.com/js/sb-tracker.js" id="spread-tracker"></script>
