package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import io.jsonwebtoken.Jwts;
import java.io.*;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.*;
import javax.servlet.http.*;
import org.apache.http.conn.ssl.NoopHostnameVerifier;
import org.apache.ibatis.annotations.Select;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.cors.CorsConfiguration;

public class Configuration {
    void tls(HttpsURLConnection outgoing, SSLSocket socket) throws Exception {
        // ruleid: java-tls-verify-off
        outgoing.setHostnameVerifier((name, session) -> true);
        // ruleid: java-tls-verify-off
        outgoing.setHostnameVerifier(NoopHostnameVerifier.INSTANCE);
        // ok: java-tls-verify-off
        outgoing.setHostnameVerifier((name, session) -> name.equals("example.com"));
        // ruleid: java-tls-old
        SSLContext.getInstance("SSLv3");
        // ok: java-tls-old
        SSLContext.getInstance("TLSv1.3");
        // ruleid: java-tls-old
        socket.setEnabledProtocols(new String[] {"TLSv1", "TLSv1.2"});
        // ok: java-tls-old
        socket.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv1.3"});
    }

    static class Trusting implements X509TrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String type) { }

        // ruleid: java-tls-verify-off
        public void checkServerTrusted(X509Certificate[] chain, String type) { }

        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    }

    static class Logging implements HostnameVerifier {
        // ruleid: java-tls-verify-off
        public boolean verify(String name, SSLSession session) {
            System.out.println(name);
            return true;
        }
    }

    static class Careful implements HostnameVerifier {
        // ok: java-tls-verify-off
        public boolean verify(String name, SSLSession session) {
            if (!name.equals("example.com")) {
                return false;
            }
            return true;
        }
    }

    static class Checking implements HostnameVerifier {
        // ok: java-tls-verify-off
        public boolean verify(String name, SSLSession session) { return "example.com".equals(name); }
    }

    void bareCookie(HttpServletResponse response, String id) {
        Cookie cookie = new Cookie("session", id);
        // ruleid: java-cookie-without-secure, java-cookie-without-httponly
        response.addCookie(cookie);
    }

    void generatedCookie(HttpServletResponse response, CookieGenerator given) {
        CookieGenerator bare = new CookieGenerator();
        bare.setCookieName("session");
        // ruleid: java-cookie-without-secure, java-cookie-without-httponly
        bare.addCookie(response, "value");
        CookieGenerator good = new CookieGenerator();
        good.setCookieSecure(true);
        good.setCookieHttpOnly(true);
        // ok: java-cookie-without-secure, java-cookie-without-httponly
        good.addCookie(response, "value");
        // ruleid: java-cookie-protection-off
        ResponseCookie.from("session", "value").httpOnly(false).build();
        // ok: java-cookie-protection-off
        ResponseCookie.from("session", "value").httpOnly(true).secure(true).build();
    }

    void insecureCookie(HttpServletResponse response, String id) {
        Cookie cookie = new Cookie("session", id);
        cookie.setSecure(false);
        cookie.setHttpOnly(false);
        // ruleid: java-cookie-without-secure, java-cookie-without-httponly
        response.addCookie(cookie);
    }

    void goodCookie(HttpServletResponse response, String id) {
        Cookie cookie = new Cookie("session", id);
        cookie.setSecure(true);
        cookie.setHttpOnly(true);
        // ok: java-cookie-without-secure, java-cookie-without-httponly
        response.addCookie(cookie);
        Cookie gone = new Cookie("session", "");
        gone.setMaxAge(0);
        // ok: java-cookie-without-secure, java-cookie-without-httponly
        response.addCookie(gone);
    }

    void crossSite(HttpSecurity http, CorsConfiguration open, CorsConfiguration named) throws Exception {
        // ruleid: java-csrf-off
        http.csrf().disable();
        // ruleid: java-csrf-off
        http.csrf(csrf -> csrf.disable());
        // ok: java-csrf-off
        http.csrf(csrf -> csrf.ignoringRequestMatchers("/hooks/**"));
        // ruleid: java-cors-any
        open.setAllowedOriginPatterns(List.of("*"));
        open.setAllowCredentials(true);
        // ok: java-cors-any
        named.setAllowedOriginPatterns(List.of("https://shop.example.com"));
        named.setAllowCredentials(true);
    }

    void origins(HttpServletResponse response) {
        // ruleid: java-cors-any-origin
        response.setHeader("Access-Control-Allow-Origin", "*");
        // ok: java-cors-any-origin
        response.setHeader("Access-Control-Allow-Origin", "https://shop.example.com");
    }

    void directory(java.util.Hashtable<String, String> settings) {
        // ruleid: java-ldap-anonymous
        settings.put(javax.naming.Context.SECURITY_AUTHENTICATION, "none");
        // ok: java-ldap-anonymous
        settings.put(javax.naming.Context.SECURITY_AUTHENTICATION, "simple");
    }

    void mail(SimpleEmail mail) {
        // ruleid: java-mail-tls-unverified
        mail.setSSLOnConnect(true);
    }

    void verifiedMail(SimpleEmail mail) {
        // ok: java-mail-tls-unverified
        mail.setSSLOnConnect(true);
        mail.setSSLCheckServerIdentity(true);
    }

    void remote(XmlRpcServerConfigImpl settings) {
        // ruleid: java-serialized-requests
        settings.setEnabledForExtensions(true);
        // ok: java-serialized-requests
        settings.setEnabledForExtensions(false);
    }

    String unsigned(String name) {
        // ruleid: java-jwt-unsigned
        return Jwts.builder().setSubject(name).compact();
    }

    String signed(String name, java.security.PrivateKey key) {
        JwtBuilder token = Jwts.builder().setSubject(name);
        token.signWith(key);
        // ok: java-jwt-unsigned
        token.compact();
        // ok: java-jwt-unsigned
        return Jwts.builder().setSubject(name).signWith(key).compact();
    }

    void tokens(String token, Algorithm algorithm, java.security.PublicKey key) {
        // ruleid: java-jwt-none
        JWT.create().withSubject("a").sign(Algorithm.none());
        // ok: java-jwt-none
        JWT.create().withSubject("a").sign(algorithm);
        // ruleid: java-jwt-unverified
        Jwts.parser().setSigningKey(key).parse(token);
        // ok: java-jwt-unverified
        Jwts.parser().setSigningKey(key).parseClaimsJws(token);
    }

    void types(ObjectMapper mapper, PolymorphicTypeValidator validator) {
        // ruleid: java-polymorphic-types
        mapper.enableDefaultTyping();
        // ok: java-polymorphic-types
        mapper.activateDefaultTyping(validator);
    }

    // ruleid: java-polymorphic-types
    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface Loose { }

    // ok: java-polymorphic-types
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    interface Named { }

    interface Goods {
        // ruleid: java-mybatis-substitution
        @Select("SELECT * FROM goods ORDER BY ${column}")
        List<String> sorted(String column);

        // ok: java-mybatis-substitution
        @Select("SELECT * FROM goods WHERE id = #{id}")
        List<String> one(String id);
    }

    void rights(File file) {
        // ruleid: java-file-permissions
        PosixFilePermissions.fromString("rw-rw-rw-");
        // ok: java-file-permissions
        PosixFilePermissions.fromString("rw-------");
        // ruleid: java-file-permissions
        file.setWritable(true, false);
        // ok: java-file-permissions
        file.setWritable(true, true);
    }

    void failed(Exception failure, HttpServletResponse response) throws IOException {
        // ruleid: java-stack-trace-answer
        failure.printStackTrace(response.getWriter());
        // ok: java-stack-trace-answer
        failure.printStackTrace(System.err);
    }
}
