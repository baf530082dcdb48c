package shop;

import java.io.*;
import javax.xml.XMLConstants;
import javax.xml.parsers.*;
import javax.xml.stream.XMLInputFactory;
import javax.xml.transform.*;
import javax.xml.transform.stream.StreamSource;

public class Xml {
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

    void stream(Reader in) throws Exception {
        // ruleid: java-xxe
        XMLInputFactory.newInstance().createXMLStreamReader(in);
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        // ok: java-xxe
        factory.createXMLStreamReader(in);
    }

    void style(InputStream in) throws Exception {
        TransformerFactory factory = TransformerFactory.newInstance();
        // ruleid: java-xslt-external
        factory.newTransformer(new StreamSource(in));
    }

    void closedStyle(InputStream in) throws Exception {
        TransformerFactory factory = TransformerFactory.newInstance();
        factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_STYLESHEET, "");
        // ok: java-xslt-external
        factory.newTransformer(new StreamSource(in));
    }
}
