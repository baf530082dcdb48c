package shop;

import java.io.*;
import java.net.URL;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.sql.*;
import javax.crypto.Cipher;
import javax.net.ssl.HttpsURLConnection;
import javax.script.ScriptEngine;
import javax.servlet.http.*;
import javax.xml.parsers.DocumentBuilderFactory;
import org.owasp.encoder.Encode;
import org.springframework.web.bind.annotation.*;

public class Orders extends HttpServlet {
    private Connection connection;
    private ScriptEngine engine;

    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String customer = request.getParameter("customer");
        Statement statement = connection.createStatement();
        // ruleid: java-sql-injection
        statement.executeQuery("SELECT * FROM orders WHERE customer = '" + customer + "'");
        PreparedStatement prepared = connection.prepareStatement("SELECT * FROM orders WHERE customer = ?");
        prepared.setString(1, customer);
        // ok: java-sql-injection
        prepared.executeQuery();
        // ok: java-sql-injection
        statement.executeQuery("SELECT * FROM orders WHERE id = " + Integer.parseInt(request.getParameter("id")));
    }

    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String host = request.getParameter("host");
        // ruleid: java-command-injection
        Runtime.getRuntime().exec("ping -c 1 " + host);
        // ok: java-command-injection
        new ProcessBuilder("ping", "-c", "1", host).start();
        // ruleid: java-code-injection
        engine.eval(request.getParameter("formula"));
        // ok: java-code-injection
        engine.eval("1 + 1");
        // ruleid: java-xss
        response.getWriter().println("<p>Hello " + host + "</p>");
        // ok: java-xss
        response.getWriter().println("<p>Hello " + Encode.forHtml(host) + "</p>");
        // ruleid: java-path-traversal
        new FileInputStream("/srv/files/" + request.getParameter("name"));
        // ok: java-path-traversal
        new FileInputStream("/srv/files/" + Paths.get("names").getFileName());
        // ruleid: java-ssrf
        new URL(request.getParameter("url")).openStream();
        // ok: java-ssrf
        new URL("https://api.example.com/" + request.getParameter("item")).openStream();
        // ruleid: java-unsafe-deserialization
        new ObjectInputStream(request.getInputStream()).readObject();
        // ok: java-unsafe-deserialization
        new ObjectInputStream(new FileInputStream("/srv/state")).readObject();
        if (host == null) {
            // ok: java-open-redirect
            response.sendRedirect("/start");
        }
        // ruleid: java-open-redirect
        response.sendRedirect(request.getParameter("next"));
    }

    @GetMapping("/find")
    public String find(@RequestParam String name, @RequestParam int limit) throws Exception {
        // ruleid: java-sql-injection
        connection.createStatement().executeQuery("SELECT * FROM goods WHERE name = '" + name + "'");
        // ok: java-sql-injection
        connection.createStatement().executeQuery("SELECT * FROM goods LIMIT " + limit);
        return "goods";
    }

    void values(String password, String text, HttpsURLConnection outgoing) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        // ruleid: java-weak-password-hash
        digest.digest(password.getBytes());
        // ok: java-weak-password-hash
        digest.digest(text.getBytes());
        // ruleid: java-weak-cipher
        Cipher.getInstance("DES/CBC/PKCS5Padding");
        // ruleid: java-weak-cipher
        Cipher.getInstance("AES/ECB/PKCS5Padding");
        // ok: java-weak-cipher
        Cipher.getInstance("AES/GCM/NoPadding");
        // ruleid: java-tls-verify-off
        outgoing.setHostnameVerifier((name, session) -> true);
        // ok: java-tls-verify-off
        outgoing.setHostnameVerifier((name, session) -> name.equals("example.com"));
    }

    void open(InputStream in) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        // ruleid: java-xxe
        factory.newDocumentBuilder().parse(in);
    }

    void closed(InputStream in) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        // ok: java-xxe
        factory.newDocumentBuilder().parse(in);
    }
}
