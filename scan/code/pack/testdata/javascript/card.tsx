import React from "react";
import { Controller, Get, Query, Param, ParseIntPipe } from "@nestjs/common";
import { sanitize } from "dompurify";
import { useSearchParams } from "react-router-dom";

export function Note() {
  const [params] = useSearchParams();
  // ruleid: javascript-dom-xss
  return <div dangerouslySetInnerHTML={{ __html: params.get("note") }} />;
}

export function Clean() {
  const [params] = useSearchParams();
  // ok: javascript-dom-xss
  return <div dangerouslySetInnerHTML={{ __html: sanitize(params.get("note")) }} />;
}

export function Card({ html }) {
  // ruleid: javascript-html-text
  return <div dangerouslySetInnerHTML={{ __html: html }} />;
}

export function SafeCard({ html }) {
  // ok: javascript-html-text
  return <div dangerouslySetInnerHTML={{ __html: sanitize(html) }} />;
}

@Controller("orders")
export class Orders {
  @Get()
  find(@Query("by") by: string, @Param("id", ParseIntPipe) id: number) {
    // ruleid: javascript-sql-injection, javascript-sql-text
    this.db.query(`SELECT * FROM orders ORDER BY ${by}`);
    // ok: javascript-sql-injection
    this.db.query(`SELECT * FROM orders WHERE id = ${id}`);
  }
}
