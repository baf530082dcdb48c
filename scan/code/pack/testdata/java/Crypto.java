package shop;

import com.google.common.hash.Hashing;
import java.security.*;
import java.util.Properties;
import java.util.Random;
import javax.crypto.*;
import javax.crypto.spec.*;
import javax.servlet.http.Cookie;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

public class Crypto {
    private static final String ALGORITHM = "MD5";
    private Properties settings;
    private String resetToken;

    void hashes(String text, String password) throws Exception {
        // ruleid: java-weak-hash
        MessageDigest.getInstance(ALGORITHM);
        String chosen = text.isEmpty() ? "SHA-1" : "SHA-256";
        // ruleid: java-weak-hash
        MessageDigest.getInstance(chosen);
        // ok: java-weak-hash
        MessageDigest.getInstance("SHA-256");
        // ruleid: java-weak-hash-call
        DigestUtils.md5Hex(text);
        // ok: java-weak-hash-call
        DigestUtils.sha256Hex(text);
        // ruleid: java-weak-hash-call
        Hashing.sha1().hashBytes(text.getBytes());
        // ok: java-weak-hash-call
        Hashing.sha256().hashBytes(text.getBytes());
        MessageDigest digest = MessageDigest.getInstance("SHA-512");
        // ruleid: java-weak-password-hash
        digest.digest(password.getBytes());
        // ok: java-weak-password-hash
        digest.digest(text.getBytes());
        // ruleid: java-weak-password-hash
        new BCryptPasswordEncoder(4);
        // ok: java-weak-password-hash
        new BCryptPasswordEncoder(12);
    }

    void ciphers() throws Exception {
        // ruleid: java-weak-cipher
        Cipher.getInstance("DES/CBC/PKCS5Padding");
        String mode = "AES/ECB/PKCS5Padding";
        // ruleid: java-weak-cipher
        Cipher.getInstance(mode);
        // ok: java-weak-cipher
        Cipher.getInstance("AES/GCM/NoPadding");
        // ok: java-weak-cipher
        Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
        // ruleid: java-default-cipher-mode
        Cipher.getInstance("AES");
        // ok: java-default-cipher-mode
        Cipher.getInstance("AES/GCM/NoPadding");
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
        // ruleid: java-weak-key-size
        pairs.initialize(1024);
        // ok: java-weak-key-size
        pairs.initialize(3072);
    }

    void keys(byte[] text) throws Exception {
        // ruleid: java-constant-key
        new SecretKeySpec("0123456789abcdef".getBytes(), "AES");
        // ok: java-constant-key
        new SecretKeySpec(System.getenv("APP_KEY").getBytes(), "AES");
        // ok: java-constant-key
        new SecretKeySpec(settings.getProperty("application.key").getBytes("UTF-8"), "AES");
        byte[] fixed = {1, 2, 3, 4, 5, 6, 7, 8};
        // ruleid: java-static-iv
        new IvParameterSpec("abcdefghijklmnop".getBytes());
        // ruleid: java-static-iv
        new GCMParameterSpec(128, "nonce".getBytes());
        byte[] fresh = new byte[16];
        new SecureRandom().nextBytes(fresh);
        // ok: java-static-iv
        new IvParameterSpec(fresh);
    }

    void randoms() {
        // ruleid: java-weak-random
        resetToken = Long.toHexString(new Random().nextLong());
        // ok: java-weak-random
        resetToken = Long.toHexString(new SecureRandom().nextLong());
        byte[] bytes = new byte[16];
        new Random().nextBytes(bytes);
        // ruleid: java-weak-random
        String token = new String(bytes);
        // ok: java-weak-random
        int delay = new Random().nextInt(100);
        // ruleid: java-weak-random
        new Cookie("remember", String.valueOf(Math.random()));
    }

    String newPassword() {
        // ruleid: java-weak-random
        return Integer.toString(new Random().nextInt(1000000));
    }
}
