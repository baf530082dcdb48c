import crypto from "crypto";
import https from "https";
import DOMPurify from "dompurify";

export function show(target: HTMLElement): void {
  const text: string = decodeURIComponent(location.hash.slice(1));
  // ruleid: javascript-dom-xss
  target.innerHTML = "<b>" + text + "</b>";
  // ok: javascript-dom-xss
  target.innerHTML = DOMPurify.sanitize(text);
  // ok: javascript-dom-xss
  target.textContent = text;
  // ok: javascript-dom-xss
  $(target).val(text);
}

export function digest(password: string, text: string): string[] {
  return [
    // ruleid: javascript-weak-password-hash, javascript-weak-hash
    crypto.createHash("md5").update(password).digest("hex"),
    // ok: javascript-weak-password-hash
    crypto.createHash("sha256").update(text).digest("hex"),
  ];
}

export function encrypt(key: Buffer, iv: Buffer): void {
  // ruleid: javascript-weak-cipher
  crypto.createCipheriv("aes-128-ecb", key, null);
  // ruleid: javascript-weak-cipher
  crypto.createCipheriv("des-cbc", key, iv);
  // ok: javascript-weak-cipher
  crypto.createCipheriv("aes-256-gcm", key, iv);
}

export function agents(ca: string): https.Agent[] {
  // ruleid: javascript-tls-verify-off
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  return [
    // ruleid: javascript-tls-verify-off
    new https.Agent({ keepAlive: true, rejectUnauthorized: false }),
    // ok: javascript-tls-verify-off
    new https.Agent({ ca }),
  ];
}
