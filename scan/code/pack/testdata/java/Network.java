package shop;

import java.net.*;
import java.net.http.*;
import java.util.Set;
import javax.mail.internet.MimeMessage;
import javax.servlet.http.*;
import org.springframework.web.client.RestTemplate;

public class Network {
    private RestTemplate rest;

    void fetch(HttpServletRequest request) throws Exception {
        // ruleid: java-ssrf
        new URL(request.getParameter("url")).openStream();
        // ok: java-ssrf
        new URL("https://api.example.com/" + request.getParameter("item")).openStream();
        // ruleid: java-ssrf
        rest.getForObject("http://" + request.getParameter("host") + "/status", String.class);
        // ok: java-ssrf
        rest.getForObject("http://status.example.com/{id}", String.class, request.getParameter("id"));
        URI target = URI.create(request.getParameter("target"));
        // ruleid: java-ssrf
        HttpRequest.newBuilder(target).build();
    }

    private static final Set<String> HOSTS = Set.of("a.example.com", "b.example.com");

    void compared(HttpServletRequest request) throws Exception {
        URI target = new URI(request.getParameter("target"));
        if (!HOSTS.contains(target.getHost().toLowerCase())) {
            throw new IllegalArgumentException("not one of ours");
        }
        // ok: java-ssrf
        target.toURL().openStream();
        String address = request.getParameter("address");
        if (address.startsWith("https://api.example.com/")) {
            // ok: java-ssrf
            new URL(address).openStream();
        }
        if (address.startsWith("https://api")) {
            // ruleid: java-ssrf
            new URL(address).openStream();
        }
    }

    void mail(HttpServletRequest request, MimeMessage message) throws Exception {
        String subject = request.getParameter("subject");
        // ruleid: java-mail-header-injection
        message.setSubject("Order " + subject);
        // ok: java-mail-header-injection
        message.setSubject("Order " + subject.replaceAll("[\r\n]", ""));
    }
}
